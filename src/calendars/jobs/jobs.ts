import type { JobName } from '../../kernel/job-queue.js';
import type { FollowCalendar } from '../use-cases/follow-calendar.js';
import type { MirrorBooking, MirroringAttempted } from '../use-cases/mirror-booking.js';
import type { SyncCalendar } from '../use-cases/sync-calendar.js';
import type { WatchCalendars } from '../use-cases/watch-calendars.js';

type Tell = (attempted: MirroringAttempted) => void;

/** The jobs of this module by name, and the use case that does each. They tell of the attempts at mirrors of bookings that they make. */
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
    'mirror-booking': async (mirroringId: string, tell: Tell) => {
      const attempted = await useCases.mirrorBooking.execute({ mirroringId });
      if (attempted) tell(attempted);
    },
  } satisfies Partial<Record<JobName, (id: string, tell: Tell) => Promise<void>>>;
}
