import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Interval } from '../../src/kernel/interval.js';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import type { Booking } from '../../src/scheduling/domain/booking.js';
import { SlotTaken, SlugTaken } from '../../src/scheduling/domain/errors.js';
import type { EventType } from '../../src/scheduling/domain/event-type.js';
import { holdSlot } from '../../src/scheduling/domain/hold.js';
import { ALL_TIME } from '../../src/scheduling/domain/slots.js';
import type { Agendas, Bookings, EventTypes, Holds } from '../../src/scheduling/ports.js';
import { aBooking, anEventType } from '../support/event-types.js';

export interface ScheduleStage {
  readonly bookings: Bookings;
  readonly eventTypes: EventTypes;
  readonly agendas: Agendas;
  readonly holds: Holds;
  readonly unitOfWork: UnitOfWork;
  /** A new owner of event types. */
  addOwner(): Promise<string>;
  /** Lets a calendar of the owner say that he is busy. */
  addBusyTime(ownerId: string, time: Interval): Promise<void>;
  /** Lets a calendar of the owner have been unreadable for too long. */
  makeStale(ownerId: string): Promise<void>;
  /** The events stored about a booking, oldest first. */
  eventsOf(bookingId: string): Promise<{ name: string; data: unknown }[]>;
  close(): Promise<void>;
}

const everything = { from: Date.parse('2026-01-01'), to: Date.parse('2028-01-01') };
const later = Instant.parse('2026-02-02T09:00:00Z');

/** What every keeper of bookings, event types and agendas promises. */
export function scheduleContract(name: string, open: () => Promise<ScheduleStage>): void {
  describe(`Bookings, EventTypes and Agendas: ${name}`, () => {
    let stage: ScheduleStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    const inUnit = <T>(work: () => Promise<T>) => stage.unitOfWork.run(work);
    const decide = (decision: () => void) => stage.unitOfWork.attempt(async () => ({}), decision);
    const save = (booking: Booking) => inUnit(async () => stage.bookings.save(booking));
    const saveType = (eventType: EventType) => inUnit(() => stage.eventTypes.save(eventType));
    const find = (id: string, ownerId: string) => inUnit(() => stage.bookings.find(id, ownerId));

    async function offered(definition: Record<string, unknown> = {}, ownerId?: string): Promise<EventType> {
      const eventType = anEventType(ownerId ?? (await stage.addOwner()), definition);
      await saveType(eventType);
      return eventType;
    }

    it('gives a booking back as it was saved', async () => {
      const eventType = await offered({
        price: 2_500,
        currency: 'EUR',
        location: 'https://meet.example.com/a',
      });
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      await save(booking);

      const found = await find(booking.state.id, eventType.state.ownerId);
      expect(found?.state).toEqual(booking.state);
      expect(found?.events).toEqual([]);
    });

    it('keeps a cancellation, and stores what happened with it in order', async () => {
      const eventType = await offered();
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      await save(booking);
      const found = (await find(booking.state.id, eventType.state.ownerId))!;
      found.cancel('Ill', 'HOST', later);
      await save(found);

      expect((await find(booking.state.id, eventType.state.ownerId))?.state).toEqual(found.state);
      expect(await stage.eventsOf(booking.state.id)).toEqual([
        { name: 'booking.created', data: booking.events[0]!.data },
        { name: 'booking.cancelled', data: found.events[0]!.data },
      ]);
    });

    it('keeps the link of a meeting that was made later, which is no event', async () => {
      const eventType = await offered({ location: 'Google Meet' });
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      await save(booking);
      const found = (await find(booking.state.id, eventType.state.ownerId))!;
      found.meetAt('https://meet.example/abc', later);
      await save(found);

      const { state } = (await find(booking.state.id, eventType.state.ownerId))!;
      expect(state).toMatchObject({ meetingLink: 'https://meet.example/abc', updatedAt: later });
      expect((await stage.eventsOf(state.id)).map(({ name }) => name)).toEqual(['booking.created']);
    });

    it('shows nobody the booking of another, nor one of a malformed id', async () => {
      const booking = aBooking(await offered(), '2026-03-02T10:00:00Z');
      await save(booking);

      expect(await find(booking.state.id, await stage.addOwner())).toBeNull();
      expect(await find('nonsense', booking.state.ownerId)).toBeNull();
    });

    it("never lets two live bookings block the same stretch of a host's time, buffers included", async () => {
      const long = await offered({ bufferAfter: 15 });
      const short = await offered({ durationMinutes: 10 }, long.state.ownerId);
      await save(aBooking(long, '2026-03-02T10:00:00Z')); // until 10:45 with its buffer

      const tooSoon = aBooking(short, '2026-03-02T10:40:00Z');
      await expect(save(tooSoon)).rejects.toThrow(SlotTaken);
      expect(await find(tooSoon.state.id, short.state.ownerId)).toBeNull();
      expect(await stage.eventsOf(tooSoon.state.id)).toEqual([]);
      await save(aBooking(short, '2026-03-02T10:45:00Z'));
      await save(aBooking(await offered(), '2026-03-02T10:00:00Z')); // another host
    });

    it('lets a time be booked again once it is cancelled', async () => {
      const eventType = await offered();
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      await save(booking);
      booking.cancel(null, 'HOST', later);
      const found = (await find(booking.state.id, eventType.state.ownerId))!;
      found.cancel(null, 'HOST', later);
      await save(found);

      await save(aBooking(eventType, '2026-03-02T10:00:00Z'));
    });

    it('gives one of many who save the same time at once the slot, and tells the others that it is taken', async () => {
      const eventType = await offered({ bufferBefore: 10 });
      const rivals = Array.from({ length: 12 }, (_, i) =>
        aBooking(eventType, `2026-03-02T10:${String(i).padStart(2, '0')}:00Z`),
      );
      const outcomes = await Promise.allSettled(rivals.map(save));

      const losses = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(losses).toHaveLength(11);
      for (const { reason } of losses) expect(reason).toBeInstanceOf(SlotTaken);
    });

    it('gives an event type back as it was saved, and as it was changed', async () => {
      const eventType = await offered({
        description: 'Several\nlines',
        minimumNoticeMinutes: 60,
        dailyLimit: 3,
        overrides: [{ date: '2026-12-25', intervals: [] }],
        questions: [{ id: 'size', label: 'Size', type: 'select', required: true, options: ['S', 'M'] }],
      });
      const { id, ownerId } = eventType.state;
      const found = () => inUnit(() => stage.eventTypes.find(id, ownerId));
      expect((await found())?.state).toEqual(eventType.state);

      const renamed = eventType.redefine({ name: 'Long call', slotIntervalMinutes: 15 }, later);
      await saveType(renamed);
      expect((await found())?.state).toEqual(renamed.state);
    });

    it('lets an owner use a slug once, and another owner too', async () => {
      const { ownerId, slug } = (await offered()).state;

      await expect(offered({ slug }, ownerId)).rejects.toThrow(SlugTaken);
      await offered({ slug });
    });

    it('puts a new event type after the last', async () => {
      const ownerId = await stage.addOwner();
      expect(await inUnit(() => stage.eventTypes.nextPosition(ownerId))).toBe(0);
      await offered({}, ownerId);
      expect(await inUnit(() => stage.eventTypes.nextPosition(ownerId))).toBe(1);
    });

    it("shows what takes a host's time, whichever event type it came from, and what counts towards limits", async () => {
      const limited = await offered({ dailyLimit: 2, bufferAfter: 15 });
      const other = await offered({}, limited.state.ownerId);
      await save(aBooking(limited, '2026-03-02T10:00:00Z'));
      await save(aBooking(other, '2026-03-02T12:00:00Z'));
      const gone = aBooking(limited, '2026-03-02T14:00:00Z');
      await save(gone);
      const found = (await find(gone.state.id, limited.state.ownerId))!;
      found.cancel(null, 'INVITEE', later);
      await save(found);

      const { id, ownerId, slug } = limited.state;
      const looked = await stage.agendas.read(ownerId, slug, everything, later);
      const seen = await stage.agendas.see(id, everything, later);
      const locked = await inUnit(() => stage.agendas.lock(id, everything, later));
      for (const agenda of [looked, seen, locked]) {
        expect(agenda?.eventType.state).toEqual(limited.state);
        expect([...agenda!.occupancy.blocked].sort((a, b) => a.start - b.start)).toEqual([
          { start: Date.parse('2026-03-02T10:00Z'), end: Date.parse('2026-03-02T10:45Z') },
          { start: Date.parse('2026-03-02T12:00Z'), end: Date.parse('2026-03-02T12:30Z') },
        ]);
        expect(agenda!.occupancy.starts).toEqual([Date.parse('2026-03-02T10:00Z')]);
      }
    });

    it('tells what each taken stretch is to who asks for details: booking or hold, meeting and buffers', async () => {
      const limited = await offered({ dailyLimit: 2, bufferBefore: 5, bufferAfter: 15 });
      const { ownerId, slug } = limited.state;
      const booking = aBooking(limited, '2026-03-02T10:00:00Z');
      await save(booking);
      const gone = aBooking(limited, '2026-03-02T14:00:00Z');
      await save(gone);
      const found = (await find(gone.state.id, ownerId))!;
      found.cancel(null, 'HOST', later);
      await save(found);
      const heldAt = Instant.parse('2026-03-02T12:00:00Z');
      const keys = { id: aBooking(limited, '2026-03-02T12:00:00Z').state.id, token: `token of ${slug}` };
      const hold = holdSlot(limited, heldAt, keys, later);
      await inUnit(() => stage.holds.save(hold));

      const looked = await stage.agendas.readDetailed(ownerId, slug, everything, later);
      const { occupancy } = (await stage.agendas.read(ownerId, slug, everything, later))!;
      expect(looked?.eventType.state).toEqual(limited.state);
      const { taken, starts } = looked!.takenTimes;
      const held = { start: Date.parse('2026-03-02T11:55Z'), end: Date.parse('2026-03-02T12:45Z') };
      expect([...taken].sort((a, b) => a.blocked.start - b.blocked.start)).toEqual([
        {
          by: 'booking',
          bookingId: booking.state.id,
          meeting: { start: Date.parse('2026-03-02T10:00Z'), end: Date.parse('2026-03-02T10:30Z') },
          blocked: { start: Date.parse('2026-03-02T09:55Z'), end: Date.parse('2026-03-02T10:45Z') },
        },
        { by: 'hold', bookingId: null, meeting: held, blocked: held },
      ]);
      expect(taken.map(({ blocked }) => blocked)).toEqual(occupancy.blocked);
      expect(starts).toEqual(occupancy.starts);

      const afterwards = await stage.agendas.readDetailed(ownerId, slug, everything, hold.expiresAt);
      expect(afterwards?.takenTimes.taken.map(({ by }) => by)).toEqual(['booking']);
    });

    it('keeps a held slot from everyone but the bearer of its token, until it expires', async () => {
      const eventType = await offered({ weeklyLimit: 5, bufferBefore: 15 });
      const { id, ownerId } = eventType.state;
      const hold = holdSlot(
        eventType,
        Instant.parse('2026-03-02T10:00:00Z'),
        { id: aBooking(eventType, '2026-03-02T10:00:00Z').state.id, token: `token of ${id}` },
        later,
      );
      await inUnit(() => stage.holds.save(hold));
      const seen = async (at: Instant, holdToken: string | null = null) => {
        const agenda = await inUnit(() => stage.agendas.lock(id, everything, at, { holdToken }));
        return agenda!.occupancy;
      };
      const blocked = [{ start: Date.parse('2026-03-02T09:45Z'), end: Date.parse('2026-03-02T10:30Z') }];
      const starts = [Date.parse('2026-03-02T10:00Z')];

      expect(await seen(later)).toEqual({ blocked, starts });
      expect(await seen(later, 'another token')).toEqual({ blocked, starts });
      expect(await seen(later, hold.token)).toEqual({ blocked: [], starts: [] });
      expect(await seen(hold.expiresAt.minusMillis(1))).toEqual({ blocked, starts });
      expect(await seen(hold.expiresAt)).toEqual({ blocked: [], starts: [] });

      await inUnit(() => stage.holds.release(ownerId, hold.token, later));
      expect(await seen(later)).toEqual({ blocked: [], starts: [] });
    });

    it('refuses whoever claims time that is held for another by then, and nobody once that has expired', async () => {
      const eventType = await offered({ bufferAfter: 15 });
      const { id, ownerId } = eventType.state;
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      const hold = holdSlot(
        eventType,
        Instant.parse('2026-03-02T10:30:00Z'),
        { id: aBooking(eventType, '2026-03-02T10:30:00Z').state.id, token: `token of ${id}` },
        later,
      );
      await inUnit(() => stage.holds.save(hold));
      const { blocked } = booking.state; // its buffer reaches into what is held
      const claim = (at: Instant, stretch = blocked) =>
        decide(() => {
          stage.agendas.claim(ownerId, stretch, at);
          stage.bookings.save(booking);
        });

      await expect(claim(later)).rejects.toThrow(SlotTaken);
      expect(await find(booking.state.id, ownerId)).toBeNull();
      await claim(hold.expiresAt);
      expect((await find(booking.state.id, ownerId))?.state).toEqual(booking.state);

      const free = { start: blocked.start.minusSeconds(3_600), end: blocked.start };
      await decide(() => stage.agendas.claim(ownerId, free, later));
      const hours = { start: hold.blocked.start, end: hold.blocked.end };
      const otherId = await stage.addOwner();
      await decide(() => stage.agendas.claim(otherId, hours, later));
    });

    it('lets a booking that moves pass by itself, and nobody else', async () => {
      const eventType = await offered({ dailyLimit: 1 });
      const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
      await save(booking);
      const { id, ownerId } = eventType.state;
      const own = await inUnit(() =>
        stage.agendas.lock(id, everything, later, { bookingId: booking.state.id }),
      );
      expect(own?.occupancy).toEqual({ blocked: [], starts: [] });

      const found = (await find(booking.state.id, ownerId))!;
      found.reschedule(eventType, Instant.parse('2026-03-02T10:15:00Z'), later);
      await save(found);
      expect((await find(booking.state.id, ownerId))?.state).toEqual(found.state);
      expect((await stage.eventsOf(booking.state.id)).at(-1)).toMatchObject({
        name: 'booking.rescheduled',
        data: { sequence: 1, previousStartTime: '2026-03-02T10:00:00.000Z' },
      });
    });

    it('leaves a booking where it was if the time it would move to is lost', async () => {
      const eventType = await offered();
      const [here, there] = ['10', '12'].map((hour) => aBooking(eventType, `2026-03-02T${hour}:00:00Z`));
      await save(here!);
      await save(there!);
      const found = (await find(here!.state.id, eventType.state.ownerId))!;
      found.reschedule(eventType, Instant.parse('2026-03-02T12:15:00Z'), later);

      await expect(save(found)).rejects.toThrow(SlotTaken);
      expect((await find(here!.state.id, eventType.state.ownerId))?.state).toEqual(here!.state);
    });

    it('shows what stands in the way of slots that start in the range, and nothing further off', async () => {
      const eventType = await offered({ bufferBefore: 5, bufferAfter: 10 }); // of half an hour, as the booking is
      await save(aBooking(eventType, '2026-03-02T10:00:00Z'));
      const { ownerId, slug } = eventType.state;
      const between = (from: string, to: string) =>
        stage.agendas.read(ownerId, slug, { from: Date.parse(from), to: Date.parse(to) }, later);

      // The booking blocks 09:55 to 10:40.
      expect((await between('2026-03-02T10:44Z', '2026-03-02T11:00Z'))?.occupancy.blocked).toHaveLength(1);
      expect((await between('2026-03-02T10:45Z', '2026-03-02T11:00Z'))?.occupancy.blocked).toHaveLength(0);
      expect((await between('2026-03-02T09:00Z', '2026-03-02T09:16Z'))?.occupancy.blocked).toHaveLength(1);
      expect((await between('2026-03-02T09:00Z', '2026-03-02T09:15Z'))?.occupancy.blocked).toHaveLength(0);
    });

    it("takes what a host's calendars say as it is, for all his event types and nobody else's", async () => {
      const eventType = await offered({ bufferBefore: 5, bufferAfter: 15 });
      const { id, ownerId, slug } = eventType.state;
      const lunch = {
        start: Instant.parse('2026-03-02T12:00:00Z'),
        end: Instant.parse('2026-03-02T12:40:00Z'),
      };
      const stretch = { start: lunch.start.toEpochMilli(), end: lunch.end.toEpochMilli() };
      await stage.addBusyTime(ownerId, lunch);
      await stage.addBusyTime(await stage.addOwner(), lunch);

      const looked = await stage.agendas.read(ownerId, slug, everything, later);
      const locked = await inUnit(() => stage.agendas.lock(id, everything, later));
      for (const agenda of [looked, locked]) {
        expect(agenda?.occupancy).toEqual({ blocked: [stretch], starts: [] });
        expect(agenda?.isCalendarStale).toBe(false);
      }
      const detailed = await stage.agendas.readDetailed(ownerId, slug, everything, later);
      expect(detailed?.takenTimes.taken).toEqual([
        { by: 'busy', bookingId: null, meeting: stretch, blocked: stretch },
      ]);
      const afterwards = { from: stretch.end + 5 * 60_000, to: everything.to }; // where its buffer begins after lunch
      const free = await stage.agendas.read(ownerId, slug, afterwards, later);
      expect(free?.occupancy.blocked).toEqual([]);
    });

    it('has all the time of a host taken whose calendar has been unreadable for too long', async () => {
      const { id, ownerId, slug } = (await offered()).state;
      await stage.makeStale(ownerId);

      const looked = await stage.agendas.read(ownerId, slug, everything, later);
      const locked = await inUnit(() => stage.agendas.lock(id, everything, later));
      for (const agenda of [looked, locked])
        expect(agenda).toMatchObject({ isCalendarStale: true, occupancy: { blocked: [ALL_TIME] } });
      const detailed = await stage.agendas.readDetailed(ownerId, slug, everything, later);
      expect(detailed?.isCalendarStale).toBe(true);
      expect(detailed?.takenTimes.taken).toMatchObject([{ by: 'busy', blocked: ALL_TIME }]);
    });

    it('knows whose time an event type takes, active or not', async () => {
      const hostOf = (id: string) => inUnit(() => stage.agendas.hostOf(id));
      const { id, ownerId } = (await offered()).state;
      const inactive = (await offered({ isActive: false })).state;

      expect([await hostOf(id), await hostOf(id)]).toEqual([ownerId, ownerId]);
      expect(await hostOf(inactive.id)).toBe(inactive.ownerId);
      expect(await hostOf('00000000-0000-7000-8000-000000000000')).toBeNull();
      expect(await hostOf('nonsense')).toBeNull();
    });

    it('has no agenda of an event type that is inactive, unknown, malformed or of another owner', async () => {
      const inactive = (await offered({ isActive: false })).state;
      const active = (await offered()).state;
      const lock = (id: string) => inUnit(() => stage.agendas.lock(id, everything, later));

      expect(await lock(inactive.id)).toBeNull();
      expect(await stage.agendas.see(inactive.id, everything, later)).toBeNull();
      expect(await lock('00000000-0000-7000-8000-000000000000')).toBeNull();
      expect(await lock('nonsense')).toBeNull();
      expect(await stage.agendas.read(inactive.ownerId, inactive.slug, everything, later)).toBeNull();
      expect(await stage.agendas.read(inactive.ownerId, active.slug, everything, later)).toBeNull();
      expect(await stage.agendas.readDetailed(inactive.ownerId, inactive.slug, everything, later)).toBeNull();
      expect(await stage.agendas.readDetailed(active.ownerId, 'No slug!', everything, later)).toBeNull();
    });
  });
}
