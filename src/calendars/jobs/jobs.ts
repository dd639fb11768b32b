import type { JobName } from '../../kernel/job-queue.js';
import type { SyncCalendar } from '../use-cases/sync-calendar.js';

/** The jobs of this module by name, and the use case that does each. */
export function calendarJobs(useCases: { syncCalendar: SyncCalendar }) {
  return {
    'sync-calendar': (connectionId: string) => useCases.syncCalendar.execute({ connectionId }),
  } satisfies Partial<Record<JobName, (id: string) => Promise<void>>>;
}
