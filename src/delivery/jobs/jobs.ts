import type { JobName } from '../../kernel/job-queue.js';
import type { DeliverWebhook } from '../use-cases/deliver-webhook.js';
import type { HandleEvent } from '../use-cases/handle-event.js';
import type { Remind } from '../use-cases/remind.js';
import type { SendEmail } from '../use-cases/send-email.js';

type Tell = Parameters<DeliverWebhook['execute']>[1];

/** The jobs of this module by name, and the use case that does each. They tell of the attempts at deliveries that they make. */
export function deliveryJobs(useCases: {
  handleEvent: HandleEvent;
  deliverWebhook: DeliverWebhook;
  sendEmail: SendEmail;
  remind: Remind;
}) {
  return {
    'handle-event': (eventId: string) => useCases.handleEvent.execute({ eventId }),
    'deliver-webhook': (deliveryId: string, tell: Tell) =>
      useCases.deliverWebhook.execute({ deliveryId }, tell),
    'send-email': async (emailId: string, tell: Tell) => {
      const attempted = await useCases.sendEmail.execute({ emailId });
      if (attempted) tell(attempted);
    },
    remind: (bookingId: string) => useCases.remind.execute({ bookingId }),
  } satisfies Partial<Record<JobName, (id: string, tell: Tell) => Promise<void>>>;
}
