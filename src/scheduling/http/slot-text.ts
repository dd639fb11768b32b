import type { ZoneId } from '@js-joda/core';
import { dateText } from '../../kernel/date-text.js';
import { offsetsOf } from '../../kernel/utc-offset.js';

export interface SlotText {
  /** `YYYY-MM-DD` in the zone asked for. */
  date: string;
  /** `HH:mm` in the zone asked for. */
  time: string;
  /** UTC with milliseconds and `Z`. */
  startTime: string;
  endTime: string;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const TIMES = Array.from({ length: 1_440 }, (_, minute) =>
  new Date(minute * MINUTE).toISOString().slice(11, 16),
);
const UTC_TIMES = TIMES.map((time) => `T${time}:00.000Z`);

/**
 * Slots as an answer shows them. Rendering costs more than finding them, so times come from tables of the 1,440 minutes of a
 * day, and a date is looked up when it is another than that of the slot before.
 */
export function slotTexts(starts: readonly number[], durationMinutes: number, zone: ZoneId): SlotText[] {
  const offsetAt = offsetsOf(zone);
  const duration = durationMinutes * MINUTE;
  const here = new CalendarPage();
  const utcOfStart = new CalendarPage();
  const utcOfEnd = new CalendarPage();
  return starts.map((start) => {
    const minute = here.minuteOf(start + offsetAt(start));
    return {
      date: here.date,
      time: TIMES[Math.floor(minute)]!,
      startTime: utcText(utcOfStart, start),
      endTime: utcText(utcOfEnd, start + duration),
    };
  });
}

function utcText(page: CalendarPage, instant: number): string {
  const minute = page.minuteOf(instant);
  return Number.isInteger(minute) ? page.date + UTC_TIMES[minute]! : new Date(instant).toISOString();
}

/** A day of a calendar, open at the instant that was asked for last. */
class CalendarPage {
  date = '';
  private midnight = NaN;

  /** Turns to the day of an instant, and tells the minute of that day, with a fraction where there are seconds. */
  minuteOf(instant: number): number {
    const isOnPage = instant >= this.midnight && instant < this.midnight + DAY;
    if (!isOnPage) {
      const day = Math.floor(instant / DAY);
      this.midnight = day * DAY;
      this.date = dateText(day);
    }
    return (instant - this.midnight) / MINUTE;
  }
}
