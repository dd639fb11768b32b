import type { Job, JobName } from '../../kernel/job-queue.js';
import type { Attempted } from '../ports.js';
import type { DeliverWebhook } from '../use-cases/deliver-webhook.js';
import type { HandleEvent } from '../use-cases/handle-event.js';
import type { Remind } from '../use-cases/remind.js';
import type { SendEmail } from '../use-cases/send-email.js';

/** Every job by name, and the use case that does it. What is returned is the attempt at a delivery, if the job made one. */
export function jobHandler(useCases: {
  handleEvent: HandleEvent;
  deliverWebhook: DeliverWebhook;
  sendEmail: SendEmail;
  remind: Remind;
}): (job: Job) => Promise<Attempted | null> {
  const work: Record<JobName, (id: string) => Promise<Attempted | null | void>> = {
    'handle-event': (eventId) => useCases.handleEvent.execute({ eventId }),
    'deliver-webhook': (deliveryId) => useCases.deliverWebhook.execute({ deliveryId }),
    'send-email': (emailId) => useCases.sendEmail.execute({ emailId }),
    remind: (bookingId) => useCases.remind.execute({ bookingId }),
  };
  return async ({ name, id }) => (await work[name](id)) ?? null;
}
