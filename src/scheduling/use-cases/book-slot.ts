import type { Instant, ZoneId } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Booking } from '../domain/booking.js';
import { EventTypeNotFound } from '../domain/errors.js';
import { answersTo } from '../domain/questions.js';
import type { Agendas, Bookings, ContactBook, Holds } from '../ports.js';
import { claimSlot, lockAgenda } from './claim-slot.js';

export interface BookSlotCommand {
  readonly eventTypeId: string;
  readonly start: Instant;
  readonly inviteeName: string;
  readonly inviteeEmail: string;
  readonly inviteeTimezone: ZoneId;
  readonly phone: string | null;
  readonly guests: readonly string[];
  readonly notes: string | null;
  /** Of the slot that is held for this invitee, if one is. */
  readonly holdToken: string | null;
  /** As sent, keyed by the question's id. */
  readonly answers: unknown;
}

/** An invitee takes a slot: what is offered can be booked, and nothing else can. */
export class BookSlot {
  constructor(
    private readonly agendas: Agendas,
    private readonly bookings: Bookings,
    private readonly holds: Holds,
    private readonly contactBook: ContactBook,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute(command: BookSlotCommand): Promise<Booking> {
    return this.unitOfWork.run(async () => {
      const { eventTypeId, start, holdToken } = command;
      const hostId = await this.agendas.hostOf(eventTypeId);
      if (hostId === null) throw new EventTypeNotFound();

      const at = this.clock.now();
      const wish = { eventTypeId, start, at, own: { holdToken } };
      const [agenda, contact] = await Promise.all([
        lockAgenda(this.agendas, wish),
        this.contactBook.lookUp(hostId, command.inviteeEmail),
      ]);
      const { eventType } = agenda;
      const answers = answersTo(eventType.state.questions, command.answers);
      claimSlot(agenda, wish);

      const invitee = {
        name: command.inviteeName,
        email: command.inviteeEmail,
        timezone: command.inviteeTimezone.id(),
        phone: command.phone,
        guests: command.guests,
      };
      const booking = Booking.confirm(
        eventType,
        start,
        {
          id: this.ids.next(),
          contactId: await contact.complete(invitee),
          invitee,
          notes: command.notes,
          answers,
          inviteeToken: this.ids.secret(),
        },
        at,
      );
      await this.bookings.save(booking);
      if (holdToken !== null) await this.holds.release(hostId, holdToken, at);
      return booking;
    });
  }
}
