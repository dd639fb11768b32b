import { Duration, Instant, LocalDate, ZoneId } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemorySchedule } from '../../../test/fakes/in-memory-schedule.js';
import { InMemoryUnitOfWork, type Restorable } from '../../../test/fakes/in-memory-unit-of-work.js';
import { SequentialIds } from '../../../test/fakes/sequential-ids.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { BookingNotFound, EventTypeNotFound, SlotNotOffered, SlotTaken } from '../domain/errors.js';
import { holdSlot } from '../domain/hold.js';
import { ContactBook, type ContactEntry, type SeenContact } from '../ports.js';
import { BookSlot, type BookSlotCommand } from './book-slot.js';
import { CancelBooking } from './cancel-booking.js';
import { DefineEventType } from './define-event-type.js';
import { HoldSlot } from './hold-slot.js';
import { ListSlots } from './list-slots.js';
import { LookUpBooking } from './look-up-booking.js';
import { MoveBooking } from './move-booking.js';
import { RedefineEventType } from './redefine-event-type.js';
import { RescheduleBooking } from './reschedule-booking.js';
import { SetMeetingLink } from './set-meeting-link.js';

/** Gives every address a contact of its own. */
class FakeContactBook extends ContactBook implements Restorable {
  private known: readonly string[] = [];

  get addresses(): readonly string[] {
    return this.known;
  }

  async see(ownerId: string): Promise<SeenContact> {
    return { enter: ({ email }) => this.enter(ownerId, email) };
  }

  async lookUp(ownerId: string, email: string): Promise<ContactEntry> {
    return { complete: async () => this.enter(ownerId, email) };
  }

  private enter(ownerId: string, email: string): string {
    if (!this.known.includes(email)) this.known = [...this.known, email];
    return `${ownerId}/${email}`;
  }

  snapshot(): () => void {
    const before = { known: this.known };
    return () => Object.assign(this, before);
  }
}

const UTC = ZoneId.of('UTC');
const monday = LocalDate.parse('2026-02-16');

describe('Booking a slot', () => {
  let clock: FixedClock;
  let schedule: InMemorySchedule;
  let contactBook: FakeContactBook;
  let bookSlot: BookSlot;
  let listSlots: ListSlots;
  let cancelBooking: CancelBooking;
  let redefine: RedefineEventType;
  let define: (definition: Record<string, unknown>) => Promise<string>;

  beforeEach(() => {
    clock = new FixedClock(Instant.parse('2026-02-13T12:00:00Z')); // a Friday
    schedule = new InMemorySchedule();
    contactBook = new FakeContactBook();
    const unitOfWork = new InMemoryUnitOfWork(schedule, contactBook);
    const ids = new SequentialIds();
    bookSlot = new BookSlot(
      schedule.agendas,
      schedule.bookings,
      schedule.holds,
      contactBook,
      unitOfWork,
      clock,
      ids,
    );
    listSlots = new ListSlots(schedule.agendas, clock);
    cancelBooking = new CancelBooking(schedule.bookings, unitOfWork, clock);
    redefine = new RedefineEventType(schedule.eventTypes, unitOfWork, clock);
    const defineEventType = new DefineEventType(schedule.eventTypes, unitOfWork, clock, ids);
    define = async (definition) => {
      const command = {
        ownerId: 'ann',
        ownerZone: UTC,
        definition: { name: 'Intro', slug: 'intro', ...definition },
      };
      return (await defineEventType.execute(command)).state.id;
    };
  });

  const commandFor = (
    eventTypeId: string,
    start: string,
    more: Partial<BookSlotCommand> = {},
  ): BookSlotCommand => ({
    eventTypeId,
    start: Instant.parse(start),
    inviteeName: 'Ada',
    inviteeEmail: 'ada@example.com',
    inviteeTimezone: ZoneId.of('Europe/London'),
    phone: null,
    guests: [],
    notes: null,
    answers: undefined,
    holdToken: null,
    ...more,
  });
  const book = (eventTypeId: string, start: string, more: Partial<BookSlotCommand> = {}) =>
    bookSlot.execute(commandFor(eventTypeId, start, more));
  const offered = async (slug = 'intro', from = monday, to = monday) => {
    const query = { ownerId: 'ann', slug, timezone: UTC, startDate: from, endDate: to };
    return (await listSlots.execute(query)).starts.map((start) =>
      new Date(start).toISOString().slice(11, 16),
    );
  };

  it('takes the slot out of the offer and books it for the invitee', async () => {
    const id = await define({ durationMinutes: 120, bufferAfter: 30 });
    expect(await offered()).toEqual(['09:00', '11:00', '13:00', '15:00']);

    const booking = await book(id, '2026-02-16T11:00:00Z', { notes: 'Hello', guests: ['bob@example.com'] });

    expect(booking.state).toMatchObject({
      ownerId: 'ann',
      contactId: 'ann/ada@example.com',
      notes: 'Hello',
      invitee: { name: 'Ada', timezone: 'Europe/London', guests: ['bob@example.com'] },
      createdAt: clock.now(),
    });
    expect(await offered()).toEqual(['15:00']); // nine o'clock's own buffer would reach into ours, ours into one o'clock
  });

  it('books every slot that is offered, and nothing else', async () => {
    const id = await define({ durationMinutes: 45, bufferBefore: 15, slotIntervalMinutes: 30 });
    await book(id, '2026-02-16T12:00:00Z');
    const free = await offered();

    for (let minute = 0; minute < 1_440; minute += 5) {
      const time = new Date(Date.parse('2026-02-16') + minute * 60_000).toISOString();
      const attempt = book(id, time).then((booking) => booking);
      if (free.includes(time.slice(11, 16))) {
        const booking = await attempt;
        await cancelBooking.execute({ bookingId: booking.state.id, ownerId: 'ann', reason: null });
      } else await expect(attempt).rejects.toThrow();
    }
  });

  it('tells a time that is taken from a time that was never on offer', async () => {
    const id = await define({ durationMinutes: 60, minimumNoticeMinutes: 60, bookingWindowDays: 10 });
    await book(id, '2026-02-16T10:00:00Z');

    await expect(book(id, '2026-02-16T10:00:00Z')).rejects.toThrow(SlotTaken);
    for (const never of [
      '2026-02-16T10:30:00Z', // off the grid
      '2026-02-16T17:00:00Z', // outside hours
      '2026-02-15T10:00:00Z', // a Sunday
      '2026-02-13T11:00:00Z', // past
      '2026-02-25T10:00:00Z', // beyond the window
    ]) {
      await expect(book(id, never)).rejects.toThrow(SlotNotOffered);
    }
  });

  it('gives one time to one of many who want it at once', async () => {
    const id = await define({ durationMinutes: 30 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        book(id, '2026-02-16T10:00:00Z', { inviteeEmail: `i${i}@example.com` }),
      ),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(schedule.allBookings).toHaveLength(1);
    expect(contactBook.addresses).toHaveLength(1);
  });

  it('leaves no trace of an invitee who was refused', async () => {
    const id = await define({ durationMinutes: 30 });
    await book(id, '2026-02-16T10:00:00Z');
    await expect(book(id, '2026-02-16T10:00:00Z', { inviteeEmail: 'late@example.com' })).rejects.toThrow(
      SlotTaken,
    );

    expect(contactBook.addresses).toEqual(['ada@example.com']);
    expect(schedule.events).toHaveLength(1);
  });

  it('stops at the daily limit and goes on when one is cancelled', async () => {
    const id = await define({ durationMinutes: 30, dailyLimit: 2 });
    const first = await book(id, '2026-02-16T09:00:00Z');
    await book(id, '2026-02-16T10:00:00Z');
    await expect(book(id, '2026-02-16T11:00:00Z')).rejects.toThrow(SlotTaken);
    expect(await offered()).toEqual([]);

    await cancelBooking.execute({ bookingId: first.state.id, ownerId: 'ann', reason: null });
    await book(id, '2026-02-16T11:00:00Z');
  });

  it("is refused for an event type that is unknown or no longer active, before anything of the booking's is looked at", async () => {
    const id = await define({ durationMinutes: 30 });
    await redefine.execute({ eventTypeId: id, ownerId: 'ann', definition: { isActive: false } });

    await expect(book(id, '2026-02-16T10:00:00Z')).rejects.toThrow(EventTypeNotFound);
    await expect(book('unknown', '1999-02-16T10:00:00Z')).rejects.toThrow(EventTypeNotFound);
    await expect(offered()).rejects.toThrow(EventTypeNotFound);
  });

  it('needs the answers that the owner requires', async () => {
    const questions = [{ id: 'topic', label: 'Topic?', type: 'text', required: true }];
    const id = await define({ durationMinutes: 30, questions });

    await expect(book(id, '2026-02-16T10:00:00Z')).rejects.toMatchObject({
      details: { 'answers.topic': expect.any(String) },
    });
    const booking = await book(id, '2026-02-16T10:00:00Z', { answers: { topic: ' engines ', other: 1 } });
    expect(booking.state.answers).toEqual({ topic: 'engines' });
  });

  it('keeps to the terms of the moment: a meeting booked before a change stays as it was agreed', async () => {
    const id = await define({ durationMinutes: 30 });
    const booking = await book(id, '2026-02-16T10:00:00Z');
    await redefine.execute({
      eventTypeId: id,
      ownerId: 'ann',
      definition: { durationMinutes: 60, name: 'Longer' },
    });

    expect(schedule.allBookings[0]?.eventType).toEqual(booking.state.eventType);
    expect(await offered()).not.toContain('10:00');
  });
});

describe('Holding a slot', () => {
  const begin = async () => {
    const clock = new FixedClock(Instant.parse('2026-02-13T12:00:00Z'));
    const schedule = new InMemorySchedule();
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const ids = new SequentialIds();
    const definition = { name: 'Intro', slug: 'intro', durationMinutes: 30, dailyLimit: 1 };
    const define = new DefineEventType(schedule.eventTypes, unitOfWork, clock, ids);
    const { state } = await define.execute({ ownerId: 'ann', ownerZone: UTC, definition });
    const { agendas, bookings, holds } = schedule;
    const bookSlot = new BookSlot(agendas, bookings, holds, new FakeContactBook(), unitOfWork, clock, ids);
    const holdSlot = new HoldSlot(agendas, holds, unitOfWork, clock, ids);
    const start = Instant.parse('2026-02-16T10:00:00Z');
    const hold = (at = start) => holdSlot.execute({ eventTypeId: state.id, start: at });
    const book = (holdToken: string | null, at = start) =>
      bookSlot.execute({
        eventTypeId: state.id,
        start: at,
        inviteeName: 'Ada',
        inviteeEmail: 'ada@example.com',
        inviteeTimezone: UTC,
        phone: null,
        guests: [],
        notes: null,
        holdToken,
        answers: undefined,
      });
    return { clock, schedule, hold, book, start };
  };

  it('keeps it for the bearer of the token for ten minutes', async () => {
    const { clock, hold, book } = await begin();
    const { token } = (await hold()).hold;

    await expect(book(null)).rejects.toThrow(SlotTaken);
    await expect(book('another')).rejects.toThrow(SlotTaken);
    await expect(hold()).rejects.toThrow(SlotTaken);
    clock.advance(Duration.ofMinutes(10).minusMillis(1));
    expect((await book(token)).status).toBe('CONFIRMED');
  });

  it('blocks nobody once it has expired', async () => {
    const { clock, hold, book } = await begin();
    await hold();
    clock.advance(Duration.ofMinutes(10));
    expect((await book(null)).status).toBe('CONFIRMED');
  });

  it('counts towards the limits, so that what is held can be booked', async () => {
    const { hold, book, start } = await begin();
    await hold();
    await expect(book(null, start.plusSeconds(3_600))).rejects.toThrow(SlotTaken);
  });

  it('ends with the booking that used it', async () => {
    const { schedule, hold, book } = await begin();
    const { token } = (await hold()).hold;
    const booking = await book(token);
    const found = (await schedule.bookings.find(booking.state.id, 'ann'))!;
    found.cancel(null, 'HOST', Instant.parse('2026-02-14T00:00:00Z'));
    schedule.bookings.save(found);

    expect((await book(null)).status).toBe('CONFIRMED');
  });

  it('is refused for a time that is not offered', async () => {
    const { hold, start } = await begin();
    await expect(hold(start.plusSeconds(60))).rejects.toThrow(SlotNotOffered);
  });
});

describe('Rescheduling a booking', () => {
  const begin = async (definition: Record<string, unknown> = {}) => {
    const clock = new FixedClock(Instant.parse('2026-02-13T12:00:00Z'));
    const schedule = new InMemorySchedule();
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const eventType = anEventType('ann', { durationMinutes: 60, ...definition });
    await schedule.eventTypes.save(eventType);
    const booking = aBooking(eventType, '2026-02-16T10:00:00Z');
    schedule.bookings.save(booking);
    const reschedule = new RescheduleBooking(schedule.agendas, schedule.bookings, unitOfWork, clock);
    const move = (start: string, ownerId = 'ann') =>
      reschedule.execute({ bookingId: booking.state.id, ownerId, start: Instant.parse(start) });
    const now = () => schedule.allBookings.find(({ id }) => id === booking.state.id)!;
    return { schedule, eventType, move, now };
  };

  it('moves it, tells of one move, and frees where it was', async () => {
    const { schedule, eventType, move, now } = await begin();
    await move('2026-02-16T12:00:00Z');

    expect(now()).toMatchObject({ sequence: 1 });
    expect(String(now().time.start)).toBe('2026-02-16T12:00:00Z');
    expect(schedule.events.map(({ name }) => name)).toEqual(['booking.created', 'booking.rescheduled']);
    schedule.bookings.save(aBooking(eventType, '2026-02-16T10:00:00Z'));
  });

  it('may overlap itself, and its own daily limit does not stand in its way', async () => {
    const { move, now } = await begin({ slotIntervalMinutes: 15, dailyLimit: 1 });
    await move('2026-02-16T10:30:00Z');
    expect(String(now().time.start)).toBe('2026-02-16T10:30:00Z');
  });

  it('leaves it where it was if the time is taken or was never offered', async () => {
    const { schedule, eventType, move, now } = await begin();
    schedule.bookings.save(aBooking(eventType, '2026-02-16T12:00:00Z'));

    await expect(move('2026-02-16T12:00:00Z')).rejects.toThrow(SlotTaken);
    await expect(move('2026-02-16T12:20:00Z')).rejects.toThrow(SlotNotOffered);
    expect(now()).toMatchObject({ sequence: 0 });
  });

  it("is the owner's alone", async () => {
    const { move } = await begin();
    await expect(move('2026-02-16T12:00:00Z', 'eve')).rejects.toThrow(BookingNotFound);
  });
});

describe('Moving a booking as its host', () => {
  const clock = new FixedClock(Instant.parse('2026-02-13T12:00:00Z'));
  const begin = async (definition: Record<string, unknown> = {}) => {
    const schedule = new InMemorySchedule();
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const eventType = anEventType('ann', definition);
    await schedule.eventTypes.save(eventType);
    const booking = aBooking(eventType, '2026-02-16T10:00:00Z');
    schedule.bookings.save(booking);
    const { id: bookingId } = booking.state;
    const useCase = new MoveBooking(schedule.agendas, schedule.bookings, unitOfWork, clock);
    const move = (start: string, ownerId = 'ann') =>
      useCase.execute({ bookingId, ownerId, start: Instant.parse(start) });
    const lookUp = async (ownerId = 'ann') =>
      new LookUpBooking(schedule.bookings, unitOfWork).execute({ bookingId, ownerId });
    return { schedule, eventType, move, lookUp };
  };

  it('asks for no hours, grid, notice, window, limit or calendar, and not whether it is still on offer', async () => {
    const { schedule, move, lookUp } = await begin({
      ...{ availability: [], minimumNoticeMinutes: 500_000, bookingWindowDays: 1, dailyLimit: 1 },
      isActive: false,
    });
    schedule.makeStale('ann');
    await move('2026-02-13T12:01:00Z');
    expect(String((await lookUp())?.time.start)).toBe('2026-02-13T12:01:00Z');
    await move('2027-12-24T03:07:00Z');
    expect(await lookUp()).toMatchObject({ sequence: 2 });
  });

  it('takes no time of another booking or hold, and may overlap itself', async () => {
    const { schedule, eventType, move, lookUp } = await begin({ bufferAfter: 10 });
    schedule.bookings.save(aBooking(eventType, '2026-02-16T12:00:00Z'));
    const held = Instant.parse('2026-02-16T14:00:00Z');
    await schedule.holds.save(holdSlot(eventType, held, { id: 'h', token: 't' }, clock.now()));

    await expect(move('2026-02-16T11:25:00Z')).rejects.toThrow(SlotTaken); // its buffer
    await expect(move('2026-02-16T13:45:00Z')).rejects.toThrow(SlotTaken);
    expect(await lookUp()).toMatchObject({ sequence: 0 });
    await move('2026-02-16T10:15:00Z');
    expect(await lookUp()).toMatchObject({ sequence: 1 });
  });

  it("is the owner's alone", async () => {
    const { move, lookUp } = await begin();
    await expect(move('2026-02-16T12:00:00Z', 'eve')).rejects.toThrow(BookingNotFound);
    expect(await lookUp('eve')).toBeNull();
  });
});

describe('Cancelling a booking', () => {
  it("is the owner's alone", async () => {
    const schedule = new InMemorySchedule();
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const cancel = new CancelBooking(schedule.bookings, unitOfWork, new FixedClock());

    await expect(cancel.execute({ bookingId: 'b', ownerId: 'eve', reason: null })).rejects.toThrow(
      BookingNotFound,
    );
  });
});

describe('Giving a booking the link of its video meeting', () => {
  it("is for its owner's alone, and once", async () => {
    const schedule = new InMemorySchedule();
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const clock = new FixedClock();
    const booking = aBooking(anEventType('ann', { location: 'Google Meet' }), '2026-03-02T10:00:00Z');
    await unitOfWork.run(async () => schedule.bookings.save(booking));
    const setMeetingLink = new SetMeetingLink(schedule.bookings, unitOfWork, clock);
    const bookingId = booking.state.id;
    const linkOf = async () =>
      (await unitOfWork.run(() => schedule.bookings.find(bookingId, 'ann')))!.state.meetingLink;

    const isLearnt = (of: string, ownerId: string, link: string) =>
      setMeetingLink.execute({ bookingId: of, ownerId, link });

    expect(await isLearnt(bookingId, 'eve', 'https://meet.example/eve')).toBe(false);
    expect(await isLearnt('unknown', 'ann', 'https://meet.example/a')).toBe(false);
    expect(await linkOf()).toBeNull();
    expect(await isLearnt(bookingId, 'ann', 'https://meet.example/ann')).toBe(true);
    expect(await isLearnt(bookingId, 'ann', 'https://meet.example/later')).toBe(false);
    expect(await linkOf()).toBe('https://meet.example/ann');
  });
});

describe('Listing slots', () => {
  const at = (now: string) => {
    const schedule = new InMemorySchedule();
    const clock = new FixedClock(Instant.parse(now));
    const unitOfWork = new InMemoryUnitOfWork(schedule);
    const define = new DefineEventType(schedule.eventTypes, unitOfWork, clock, new SequentialIds());
    const list = new ListSlots(schedule.agendas, clock);
    return { clock, define, list };
  };
  const daily = {
    name: 'Daily',
    slug: 'daily',
    durationMinutes: 60,
    availability: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'].map(
      (day) => ({
        day,
        start: '12:00',
        end: '13:00',
      }),
    ),
  };

  it("begins with today as it is in the invitee's zone, and shows seven days more", async () => {
    const { define, list, clock } = at('2026-02-15T23:30:00Z');
    await define.execute({ ownerId: 'ann', ownerZone: UTC, definition: daily });
    const slots = async (zone: string) => {
      const query = {
        ownerId: 'ann',
        slug: 'daily',
        timezone: ZoneId.of(zone),
        startDate: null,
        endDate: null,
      };
      return (await list.execute(query)).starts.map((start) => new Date(start).toISOString().slice(0, 10));
    };

    expect(await slots('Asia/Tokyo')).toEqual(days('2026-02-16', 8)); // already Monday there
    clock.advance(Duration.ofHours(-13));
    expect(await slots('America/New_York')).toEqual(days('2026-02-15', 8));
  });

  it('refuses a range that ends before it begins, or spans more than 62 days', async () => {
    const { define, list } = at('2026-02-01T00:00:00Z');
    await define.execute({ ownerId: 'ann', ownerZone: UTC, definition: daily });
    const query = (end: LocalDate) => ({
      ownerId: 'ann',
      slug: 'daily',
      timezone: UTC,
      startDate: monday,
      endDate: end,
    });

    await expect(list.execute(query(monday.minusDays(1)))).rejects.toThrow(InvalidData);
    await expect(list.execute(query(monday.plusDays(63)))).rejects.toThrow(InvalidData);
    await list.execute(query(monday.plusDays(62)));
  });

  function days(first: string, count: number): string[] {
    return Array.from({ length: count }, (_, i) => String(LocalDate.parse(first).plusDays(i)));
  }
});
