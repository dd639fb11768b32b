import type { JobName } from '../../kernel/job-queue.js';
import type { FollowCalendar } from '../use-cases/follow-calendar.js';
import type { MirrorBooking } from '../use-cases/mirror-booking.js';
import type { SyncCalendar } from '../use-cases/sync-calendar.js';
import type { WatchCalendars } from '../use-cases/watch-calendars.js';

/**
 * The jobs of this module by name, and the use case that does each. What is returned is the attempt at a booking's mirror, if the job
 * made one.
 */
export function calendarJobs(useCases: {
  syncCalendar: SyncCalendar;
  watchCalendars: WatchCalendars;
  mirrorBooking: MirrorBooking;
  followCalendar: FollowCalendar;
}) {
  return {
    'sync-calendar': async (connectionId: string) => {
      await useCases.syncCalendar.execute({ connectionId });
      await useCases.watchCalendars.execute({ connectionId });
    },
    'follow-calendar': (mirroringId: string) => useCases.followCalendar.execute({ mirroringId }),
    'mirror-booking': (mirroringId: string) => useCases.mirrorBooking.execute({ mirroringId }),
  } satisfies Partial<Record<JobName, (id: string) => Promise<unknown>>>;
}
