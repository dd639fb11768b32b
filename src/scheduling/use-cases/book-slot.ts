import type { Instant, ZoneId } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Booking } from '../domain/booking.js';
import { EventTypeNotFound, SlotNotOffered, SlotTaken } from '../domain/errors.js';
import { answersTo } from '../domain/questions.js';
import { judge, widestOccupancyRange } from '../domain/slots.js';
import type { Agendas, Bookings, ContactBook } from '../ports.js';

export interface BookSlotCommand {
  readonly eventTypeId: string;
  readonly start: Instant;
  readonly inviteeName: string;
  readonly inviteeEmail: string;
  readonly inviteeTimezone: ZoneId;
  readonly phone: string | null;
  readonly guests: readonly string[];
  readonly notes: string | null;
  /** As sent, keyed by the question's id. */
  readonly answers: unknown;
}

/** An invitee takes a slot: what is offered can be booked, and nothing else can. */
export class BookSlot {
  constructor(
    private readonly agendas: Agendas,
    private readonly bookings: Bookings,
    private readonly contactBook: ContactBook,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute(command: BookSlotCommand): Promise<Booking> {
    return this.unitOfWork.run(async () => {
      const start = command.start.toEpochMilli();
      const agenda = await this.agendas.lock(
        command.eventTypeId,
        widestOccupancyRange({ from: start, to: start }),
      );
      if (!agenda) throw new EventTypeNotFound();
      const { eventType, occupancy } = agenda;

      const answers = answersTo(eventType.state.questions, command.answers);
      const at = this.clock.now();
      const verdict = judge(eventType.rules, occupancy, start, at.toEpochMilli());
      if (verdict === 'not offered') throw new SlotNotOffered();
      if (verdict === 'taken') throw new SlotTaken();

      const invitee = {
        name: command.inviteeName,
        email: command.inviteeEmail,
        timezone: command.inviteeTimezone.id(),
        phone: command.phone,
        guests: command.guests,
      };
      const booking = Booking.confirm(
        eventType,
        command.start,
        {
          id: this.ids.next(),
          contactId: await this.contactBook.contactFor(eventType.state.ownerId, invitee),
          invitee,
          notes: command.notes,
          answers,
          inviteeToken: this.ids.secret(),
        },
        at,
      );
      await this.bookings.save(booking);
      return booking;
    });
  }
}
