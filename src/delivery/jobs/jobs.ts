import type { JobName } from '../../kernel/job-queue.js';
import type { DeliverWebhook } from '../use-cases/deliver-webhook.js';
import type { HandleEvent } from '../use-cases/handle-event.js';
import type { Remind } from '../use-cases/remind.js';
import type { SendEmail } from '../use-cases/send-email.js';

/**
 * The jobs of this module by name, and the use case that does each. What is returned is the attempt at a delivery, if the job made
 * one.
 */
export function deliveryJobs(useCases: {
  handleEvent: HandleEvent;
  deliverWebhook: DeliverWebhook;
  sendEmail: SendEmail;
  remind: Remind;
}) {
  return {
    'handle-event': (eventId: string) => useCases.handleEvent.execute({ eventId }),
    'deliver-webhook': (deliveryId: string) => useCases.deliverWebhook.execute({ deliveryId }),
    'send-email': (emailId: string) => useCases.sendEmail.execute({ emailId }),
    remind: (bookingId: string) => useCases.remind.execute({ bookingId }),
  } satisfies Partial<Record<JobName, (id: string) => Promise<unknown>>>;
}
