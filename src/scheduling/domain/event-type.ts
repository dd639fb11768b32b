import type { Instant, ZoneId } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';
import { textLimits } from '../../kernel/text.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { MONDAY_TO_FRIDAY_9_TO_5, overridesReader, weekReader } from './hours-text.js';
import {
  blankAsNull,
  filled,
  flag,
  join,
  matching,
  optional,
  readDocument,
  record,
  required,
  text,
  wholeNumber,
  type Reader,
} from './json-fields.js';
import { questionsReader, type Question } from './questions.js';
import type { SlotRules } from './slots.js';
import type { WeeklyHours } from './weekly-hours.js';

export interface EventTypeState {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among the owner's. */
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly durationMinutes: number;
  /** Minutes kept free before each meeting. */
  readonly bufferBefore: number;
  /** Minutes kept free after each meeting. */
  readonly bufferAfter: number;
  readonly minimumNoticeMinutes: number;
  readonly bookingWindowDays: number;
  /** null for the duration. */
  readonly slotIntervalMinutes: number | null;
  readonly dailyLimit: number | null;
  readonly weeklyLimit: number | null;
  readonly hours: WeeklyHours;
  readonly questions: readonly Question[];
  readonly location: string | null;
  /** In minor units of the currency. */
  readonly price: number | null;
  /** ISO 4217, upper case. */
  readonly currency: string | null;
  readonly isActive: boolean;
  /** Its place in the owner's order. */
  readonly position: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What an owner offers to be booked, and on which terms. */
export class EventType {
  readonly rules: SlotRules;

  private constructor(readonly state: EventTypeState) {
    const { durationMinutes, slotIntervalMinutes } = state;
    this.rules = { ...state, slotIntervalMinutes: slotIntervalMinutes ?? durationMinutes };
  }

  static of(state: EventTypeState): EventType {
    return new EventType(state);
  }

  /**
   * A new one from the parsed JSON of an event type's file. Fields that are unknown are ignored, those absent or null have their
   * defaults. Throws `InvalidData` with every fault.
   */
  static define(
    input: unknown,
    made: {
      readonly id: string;
      readonly ownerId: string;
      readonly position: number;
      /** The zone of its hours, if the file names none. */
      readonly defaultZone: ZoneId;
      readonly at: Instant;
    },
  ): EventType {
    const { id, ownerId, position, defaultZone, at } = made;
    const terms = readDocument(termsReader(defaultZone), input);
    return new EventType({ id, ownerId, position, ...stateOf(terms), createdAt: at, updatedAt: at });
  }

  /**
   * The same with other terms: fields that are absent stay as they are, null brings back the default (for `timezone`: leaves
   * it). Throws `InvalidData` with every fault.
   */
  redefine(input: unknown, at: Instant): EventType {
    const { zone, week, overrides } = this.state.hours;
    const current = { ...this.state, timezone: zone, availability: week, overrides };
    const terms = readDocument(termsReader(zone, current), input);
    return new EventType({ ...this.state, ...stateOf(terms), updatedAt: at });
  }
}

/** When a meeting of that event type is that starts then, and what it blocks of its host's time: its buffers too. */
export function stretchesOf({ state }: EventType, start: Instant): { time: Interval; blocked: Interval } {
  const end = start.plusSeconds(state.durationMinutes * 60);
  return {
    time: { start, end },
    blocked: {
      start: start.minusSeconds(state.bufferBefore * 60),
      end: end.plusSeconds(state.bufferAfter * 60),
    },
  };
}

/** What the owner decides. */
type Terms = Omit<EventTypeState, 'id' | 'ownerId' | 'position' | 'hours' | 'createdAt' | 'updatedAt'> & {
  readonly timezone: ZoneId;
  readonly availability: WeeklyHours['week'];
  readonly overrides: WeeklyHours['overrides'];
};

function stateOf({ timezone, availability, overrides, ...terms }: Terms) {
  return { ...terms, hours: { zone: timezone, week: availability, overrides } };
}

const SLUG = /^(?=.{1,100}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Whether a text from outside can be a slug at all. One that cannot is treated as unknown, and never reaches SQL. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

const slug: Reader<string> = matching(
  SLUG,
  'must be at most 100 lower-case letters and digits, in words joined by hyphens',
);

const timeZone: Reader<ZoneId> = (value, path, faults) =>
  (typeof value === 'string' && findTimeZone(value)) ||
  faults.add(path, 'must be an IANA time zone such as Europe/Berlin');

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const currency: Reader<string> = (value, path, faults) => {
  const code = typeof value === 'string' ? value.toUpperCase() : '';
  return CURRENCIES.has(code) ? code : faults.add(path, 'must be an ISO 4217 currency such as EUR');
};

/** What each field of an event type's file may be. Without a current state it has all of these, with one only what changes. */
function termsReader(defaultZone: ZoneId, current?: Terms): Reader<Terms> {
  const fields = record<Terms>(
    {
      name: required(filled(text(textLimits.name))),
      slug: required(slug),
      description: optional(null, blankAsNull(text(10_000, 'several lines'))),
      durationMinutes: required(wholeNumber(1, 1_440)),
      bufferBefore: optional(0, wholeNumber(0, 1_440)),
      bufferAfter: optional(0, wholeNumber(0, 1_440)),
      minimumNoticeMinutes: optional(0, wholeNumber(0, 525_600)),
      bookingWindowDays: optional(60, wholeNumber(1, 730)),
      slotIntervalMinutes: optional(null, wholeNumber(1, 1_440)),
      dailyLimit: optional(null, wholeNumber(1, 1_000)),
      weeklyLimit: optional(null, wholeNumber(1, 1_000)),
      timezone: optional(defaultZone, timeZone),
      availability: optional(MONDAY_TO_FRIDAY_9_TO_5, weekReader),
      overrides: optional(new Map(), overridesReader),
      questions: optional([], questionsReader),
      location: optional(null, blankAsNull(text(500))),
      price: optional(null, wholeNumber(0, 99_999_999)),
      currency: optional(null, currency),
      isActive: optional(true, flag),
    },
    current,
  );
  return (value, path, faults) => {
    const terms = fields(value, path, faults);
    if (terms?.price && !terms.currency)
      faults.add(join(path, 'currency'), 'is required where there is a price');
    return terms;
  };
}
