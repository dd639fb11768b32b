import type { Instant, ZoneId } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Booking, type Answers, type Invitee } from '../domain/booking.js';
import { EventTypeNotFound } from '../domain/errors.js';
import { stretchesOf, type EventType } from '../domain/event-type.js';
import { answersTo } from '../domain/questions.js';
import { hasLimits } from '../domain/slots.js';
import type { Agendas, Bookings, ContactBook, Holds, HostAgenda, SeenContact } from '../ports.js';
import { claimSlot, lockAgenda, seeAgenda, type Wish } from './claim-slot.js';

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
    const booked = await this.unitOfWork.attempt(
      () => this.look(command),
      (seen) => this.bookAsSeen(command, seen),
    );
    return booked ?? this.unitOfWork.run(() => this.bookLocked(command));
  }

  /** What a booking is decided on without waiting for others. Null where limits are counted or a contact's blanks filled: under a lock. */
  private async look(command: BookSlotCommand): Promise<Seen | null> {
    if (command.holdToken !== null) return null;
    const hostId = await this.hostOf(command);
    const wish = this.wishOf(command);
    const [agenda, contact] = await Promise.all([
      seeAgenda(this.agendas, wish),
      this.contactBook.see(hostId, inviteeOf(command)),
    ]);
    return hasLimits(agenda.eventType.rules) || !contact ? null : { hostId, wish, agenda, contact };
  }

  /** Takes half as long as under a lock: what others do meanwhile is refused as the booking is stored. */
  private bookAsSeen(command: BookSlotCommand, { hostId, wish, agenda, contact }: Seen): Booking {
    const answers = this.judge(command, wish, agenda);
    this.agendas.claim(hostId, stretchesOf(agenda.eventType, wish.start).blocked, wish.at);
    return this.store(command, wish, agenda.eventType, answers, contact.enter(inviteeOf(command)));
  }

  private async bookLocked(command: BookSlotCommand): Promise<Booking> {
    const hostId = await this.hostOf(command);
    const wish = this.wishOf(command);
    const [agenda, contact] = await Promise.all([
      lockAgenda(this.agendas, wish),
      this.contactBook.lookUp(hostId, command.inviteeEmail),
    ]);
    const answers = this.judge(command, wish, agenda);
    const contactId = await contact.complete(inviteeOf(command));
    const booking = this.store(command, wish, agenda.eventType, answers, contactId);
    if (command.holdToken !== null) await this.holds.release(hostId, command.holdToken, wish.at);
    return booking;
  }

  private async hostOf({ eventTypeId }: BookSlotCommand): Promise<string> {
    const hostId = await this.agendas.hostOf(eventTypeId);
    if (hostId === null) throw new EventTypeNotFound();
    return hostId;
  }

  private wishOf({ eventTypeId, start, holdToken }: BookSlotCommand): Wish {
    return { eventTypeId, start, at: this.clock.now(), own: { holdToken } };
  }

  /** The answers to the questions asked, if the slot is free. */
  private judge({ answers: given }: BookSlotCommand, wish: Wish, agenda: HostAgenda): Answers {
    const answers = answersTo(agenda.eventType.state.questions, given);
    claimSlot(agenda, wish);
    return answers;
  }

  private store(
    command: BookSlotCommand,
    { start, at }: Wish,
    eventType: EventType,
    answers: Answers,
    contactId: string,
  ): Booking {
    const booking = Booking.confirm(
      eventType,
      start,
      {
        id: this.ids.next(),
        contactId,
        invitee: inviteeOf(command),
        notes: command.notes,
        answers,
        inviteeToken: this.ids.secret(),
      },
      at,
    );
    this.bookings.save(booking);
    return booking;
  }
}

interface Seen {
  readonly hostId: string;
  readonly wish: Wish;
  readonly agenda: HostAgenda;
  readonly contact: SeenContact;
}

function inviteeOf(command: BookSlotCommand): Invitee {
  return {
    name: command.inviteeName,
    email: command.inviteeEmail,
    timezone: command.inviteeTimezone.id(),
    phone: command.phone,
    guests: command.guests,
  };
}
