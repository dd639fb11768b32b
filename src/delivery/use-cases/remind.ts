import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import { parseInstant } from '../../kernel/instant-text.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { contentOf } from '../domain/mail-content.js';
import { bookingSubject, invited } from '../domain/owed-emails.js';
import { reminderToSend } from '../domain/reminders.js';
import type { EmailLog, Host, Hosts, QueuedEmail, Reminders, TakenReminders } from '../ports.js';

export interface RemindCommand {
  readonly bookingId: string;
}

/** Reminds those who are invited to a meeting of it, by the booking as it is now. */
export class Remind {
  constructor(
    private readonly reminders: Reminders,
    private readonly hosts: Hosts,
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ bookingId }: RemindCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const due = await this.reminders.takeDue(bookingId);
      if (!due) return;
      const { status, startTime } = due.booking;
      const booking = { status, start: parseInstant(startTime)! };
      const minutesBefore = reminderToSend(booking, due.minutesBefore, this.clock.now());
      const host = minutesBefore === null ? null : await this.hosts.find(due.ownerId);
      if (host) await this.emailLog.queue(this.emailsOf(due, minutesBefore!, host));
    });
  }

  private emailsOf({ booking }: TakenReminders, minutesBefore: number, host: Host): QueuedEmail[] {
    const type = 'REMINDER';
    return invited(booking).map(({ role, email: recipient }) => ({
      id: this.ids.next(),
      ownerId: host.id,
      bookingId: booking.id,
      eventId: `reminder:${booking.id}:${booking.sequence}:${minutesBefore}`,
      recipient,
      subject: bookingSubject(type, booking, host),
      content: contentOf({ type, role, recipient }, booking, host),
      at: this.clock.now(),
    }));
  }
}
