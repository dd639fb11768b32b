import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { owedEmails } from '../domain/owed-emails.js';
import type { EmailLog, OwedEvents, OwnerAddresses } from '../ports.js';

export interface HandleEventCommand {
  readonly eventId: string;
}

/** Turns what happened into what is owed for it, once, however often it is asked to. */
export class HandleEvent {
  constructor(
    private readonly owedEvents: OwedEvents,
    private readonly emailLog: EmailLog,
    private readonly ownerAddresses: OwnerAddresses,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ eventId }: HandleEventCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const owed = await this.owedEvents.take(eventId);
      if (!owed) return;

      const ownerEmail = await this.ownerAddresses.emailOf(owed.event.ownerId);
      if (ownerEmail !== null) {
        const at = this.clock.now();
        const emails = owedEmails(owed.event, ownerEmail);
        await this.emailLog.queue(
          emails.map((email) => ({
            ...email,
            id: this.ids.next(),
            bookingId: owed.event.subjectId,
            eventId,
            at,
          })),
        );
      }
      await this.owedEvents.settle(eventId);
    });
  }
}
