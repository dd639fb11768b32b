import { describe, expect, it } from '@jest/globals';
import { Instant, ZoneId } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { EventType } from './event-type.js';
import { describeHours } from './hours-text.js';

const made = {
  id: 'an id',
  ownerId: 'an owner',
  position: 3,
  defaultZone: findTimeZone('Europe/Berlin') as ZoneId,
  at: Instant.parse('2026-02-01T12:00:00Z'),
};
const later = Instant.parse('2026-02-02T12:00:00Z');

const least = { name: 'Intro call', slug: 'intro-call', durationMinutes: 30 };

const full = {
  name: 'Consultation',
  slug: 'consultation-2',
  description: 'One hour.\nBring questions.',
  durationMinutes: 60,
  bufferBefore: 10,
  bufferAfter: 5,
  minimumNoticeMinutes: 120,
  bookingWindowDays: 14,
  slotIntervalMinutes: 15,
  dailyLimit: 4,
  weeklyLimit: 10,
  timezone: 'Asia/Kolkata',
  availability: [{ day: 'MONDAY', start: '09:00', end: '12:00' }],
  overrides: [{ date: '2026-12-25', intervals: [] }],
  questions: [{ id: 'topic', label: 'Topic?', type: 'select', required: true, options: ['Tax', 'Law'] }],
  location: 'https://meet.example.com/consultation',
  price: 4_900,
  currency: 'EUR',
  isActive: false,
};

function define(changes: object = {}): EventType {
  return EventType.define({ ...least, ...changes }, made);
}

/** What is wrong with a file of that content, by path. */
function faultsOf(input: unknown): Readonly<Record<string, string>> {
  try {
    EventType.define(input, made);
  } catch (error) {
    if (error instanceof InvalidData) return error.details;
    throw error;
  }
  return {};
}

describe('A new event type', () => {
  it('needs no more than a name, a slug and a duration', () => {
    const { hours, ...state } = define().state;
    expect(state).toEqual({
      id: 'an id',
      ownerId: 'an owner',
      name: 'Intro call',
      slug: 'intro-call',
      description: null,
      durationMinutes: 30,
      bufferBefore: 0,
      bufferAfter: 0,
      minimumNoticeMinutes: 0,
      bookingWindowDays: 60,
      slotIntervalMinutes: null,
      dailyLimit: null,
      weeklyLimit: null,
      questions: [],
      location: null,
      price: null,
      currency: null,
      isActive: true,
      position: 3,
      createdAt: made.at,
      updatedAt: made.at,
    });
    expect(describeHours(hours)).toEqual({
      timezone: 'Europe/Berlin',
      availability: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((day) => ({
        day,
        start: '09:00',
        end: '17:00',
      })),
      overrides: [],
    });
  });

  it('keeps everything that its file says', () => {
    const { state } = EventType.define(full, made);
    expect({ ...state, ...describeHours(state.hours) }).toMatchObject(full);
  });

  it('takes null for its default and leaves out what it does not know', () => {
    const nothing = Object.fromEntries(Object.keys(full).map((name) => [name, null]));
    const eventType = define({
      ...nothing,
      ...least,
      id: 'mine',
      position: 9,
      updatedAt: 'now',
      colour: 'red',
    });
    expect(eventType.state).toEqual(define().state);
  });

  it('tidies text, clears what is blank, and spells zone and currency as usual', () => {
    const { state } = define({
      name: '  Intro\u00a0',
      location: '   ',
      description: '',
      timezone: 'europe/paris',
      price: 100,
      currency: 'usd',
    });
    expect(state).toMatchObject({ name: 'Intro', location: null, description: null, currency: 'USD' });
    expect(state.hours.zone.id()).toBe('Europe/Paris');
  });

  it('tells all that is wrong at once, each under its path', () => {
    const faults = faultsOf({
      name: '',
      durationMinutes: '30',
      bufferBefore: -1,
      slug: 'Intro Call',
      timezone: '+05:30',
      availability: [{ day: 'MOONDAY', start: '9:00', end: '17:00' }],
      overrides: [
        { date: '2026-12-24', intervals: [] },
        { date: '2026-02-30', intervals: [{ start: '10:00', end: '10:00' }] },
      ],
      questions: [{ id: 'topic', label: 'Topic?', type: 'select' }],
      price: 1,
      isActive: 'yes',
    });
    expect(faults).toEqual({
      name: 'name must not be empty',
      slug: 'slug must be at most 100 lower-case letters and digits, in words joined by hyphens',
      durationMinutes: 'durationMinutes must be a whole number from 1 to 1440',
      bufferBefore: 'bufferBefore must be a whole number from 0 to 1440',
      timezone: 'timezone must be an IANA time zone such as Europe/Berlin',
      'availability.0.day': 'day must be a day such as MONDAY',
      'availability.0.start': 'start must be a time of day such as 09:00',
      'overrides.1.date': 'date must be a date such as 2026-12-25, from 2000 to 2099',
      'overrides.1.intervals.0.end': 'end must be after the start',
      'questions.0.options': 'options must name what there is to choose from',
      isActive: 'isActive must be true or false',
    });
  });

  it('says which fields it cannot do without', () => {
    expect(faultsOf({})).toEqual({
      name: 'name is required',
      slug: 'slug is required',
      durationMinutes: 'durationMinutes is required',
    });
  });

  it.each([[null], [undefined], ['text'], [7], [[least]]])('is not made of %p', (input) => {
    expect(faultsOf(input)).toEqual({ document: 'document must be an object' });
  });

  it.each([
    ['durationMinutes', 1, 1_440],
    ['bufferBefore', 0, 1_440],
    ['bufferAfter', 0, 1_440],
    ['minimumNoticeMinutes', 0, 525_600],
    ['bookingWindowDays', 1, 730],
    ['slotIntervalMinutes', 1, 1_440],
    ['dailyLimit', 1, 1_000],
    ['weeklyLimit', 1, 1_000],
    ['price', 0, 99_999_999],
  ])('takes for %s a whole number from %i to %i', (field, min, max) => {
    for (const value of [min, max])
      expect(faultsOf({ ...least, currency: 'EUR', [field]: value })).toEqual({});
    for (const value of [min - 1, max + 1, min + 0.5, NaN, String(min), true, [min]]) {
      expect(faultsOf({ ...least, currency: 'EUR', [field]: value })).toEqual({
        [field]: `${field} must be a whole number from ${min} to ${max}`,
      });
    }
  });

  it.each([
    ['name', 200],
    ['location', 500],
  ])('takes for %s one line of at most %i characters', (field, max) => {
    expect(faultsOf({ ...least, [field]: '😀'.repeat(max) })).toEqual({});
    for (const value of ['x'.repeat(max + 1), 'two\nlines', 'nul\0', 'lone \ud800', 5, ['x']]) {
      expect(Object.keys(faultsOf({ ...least, [field]: value }))).toEqual([field]);
    }
  });

  it('takes for a description several lines of at most 10,000 characters', () => {
    expect(faultsOf({ ...least, description: 'x\n'.repeat(5_000) })).toEqual({});
    expect(Object.keys(faultsOf({ ...least, description: 'x'.repeat(10_001) }))).toEqual(['description']);
  });

  it.each([['a'], ['30min'], ['a-1-b'], ['a'.repeat(100)]])('takes the slug %s', (slug) => {
    expect(define({ slug }).state.slug).toBe(slug);
  });

  it.each([[''], ['-a'], ['a-'], ['a--b'], ['A'], ['ä'], ['a_b'], ['a/b'], ['a\n'], ['a'.repeat(101)], [1]])(
    'does not take the slug %p',
    (slug) => {
      expect(Object.keys(faultsOf({ ...least, slug }))).toEqual(['slug']);
    },
  );

  it('asks for a currency only where there is a price', () => {
    expect(faultsOf({ ...least, price: 100 })).toEqual({
      currency: 'currency is required where there is a price',
    });
    expect(faultsOf({ ...least, price: 0 })).toEqual({});
    expect(faultsOf({ ...least, currency: 'JPY' })).toEqual({});
  });

  it.each([['EURO'], ['ZZZ'], ['€'], [978]])('does not take the currency %p', (currency) => {
    expect(faultsOf({ ...least, price: 100, currency })).toMatchObject({
      currency: 'currency must be an ISO 4217 currency such as EUR',
    });
  });
});

describe('A redefined event type', () => {
  const eventType = EventType.define(full, made);

  it('keeps what is not spoken of', () => {
    const { state } = eventType.redefine({ name: 'Talk' }, later);
    expect(state).toEqual({ ...eventType.state, name: 'Talk', updatedAt: later });
  });

  it('changes everything that is given, and nothing of who made it when', () => {
    const { state } = EventType.define(least, made).redefine(full, later);
    expect(state).toEqual({ ...eventType.state, updatedAt: later });
  });

  it('changes its hours field by field', () => {
    const { state } = eventType.redefine({ timezone: 'Asia/Tokyo', overrides: [] }, later);
    expect(describeHours(state.hours)).toEqual({
      timezone: 'Asia/Tokyo',
      availability: full.availability,
      overrides: [],
    });
  });

  it('goes back to the default where null is given, but stays in its zone', () => {
    const { state } = eventType.redefine({ bufferBefore: null, weeklyLimit: null, timezone: null }, later);
    expect(state).toMatchObject({ bufferBefore: 0, weeklyLimit: null });
    expect(state.hours.zone.id()).toBe('Asia/Kolkata');
  });

  it('cannot lose what it must have', () => {
    expect(() => eventType.redefine({ name: null }, later)).toThrow(
      new InvalidData({ name: 'name is required' }),
    );
    expect(() => eventType.redefine({ currency: null }, later)).toThrow(InvalidData);
  });

  it('leaves the one it was made of as it was', () => {
    eventType.redefine({ name: 'Talk', bufferAfter: 30 }, later);
    expect(eventType.state.name).toBe('Consultation');
    expect(eventType.state.bufferAfter).toBe(5);
  });
});

describe('The rules of an event type', () => {
  it('step by the duration unless an interval is set', () => {
    expect(define({ durationMinutes: 45 }).rules.slotIntervalMinutes).toBe(45);
    expect(define({ durationMinutes: 45, slotIntervalMinutes: 20 }).rules.slotIntervalMinutes).toBe(20);
  });
});
