import type { JobHandler } from '../../kernel/job-queue.js';
import type { HandleEvent } from '../use-cases/handle-event.js';

/** Every job by name, and the use case that does it. */
export function jobHandler(useCases: { handleEvent: HandleEvent }): JobHandler {
  return async (job) => {
    switch (job.name) {
      case 'handle-event':
        return useCases.handleEvent.execute({ eventId: job.eventId });
    }
  };
}
