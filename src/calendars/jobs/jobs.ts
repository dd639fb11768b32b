import type { JobName } from '../../kernel/job-queue.js';
import type { MirrorBooking } from '../use-cases/mirror-booking.js';
import type { SyncCalendar } from '../use-cases/sync-calendar.js';

/**
 * The jobs of this module by name, and the use case that does each. What is returned is the attempt at a booking's mirror, if the job
 * made one.
 */
export function calendarJobs(useCases: { syncCalendar: SyncCalendar; mirrorBooking: MirrorBooking }) {
  return {
    'sync-calendar': (connectionId: string) => useCases.syncCalendar.execute({ connectionId }),
    'mirror-booking': (mirroringId: string) => useCases.mirrorBooking.execute({ mirroringId }),
  } satisfies Partial<Record<JobName, (id: string) => Promise<unknown>>>;
}
