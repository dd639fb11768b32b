import type { ZoneId } from '@js-joda/core';

export interface SlotText {
  /** `YYYY-MM-DD` in the zone asked for. */
  date: string;
  /** `HH:mm` in the zone asked for. */
  time: string;
  /** UTC with milliseconds and `Z`. */
  startTime: string;
  endTime: string;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const TIMES = Array.from({ length: 1_440 }, (_, minute) => {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
});

/**
 * Slots as an answer shows them. Rendering costs more than finding them, so each date is written once and times come from a table
 * of the 1,440 minutes of a day.
 */
export function slotTexts(starts: readonly number[], durationMinutes: number, zone: ZoneId): SlotText[] {
  const rules = zone.rules();
  const dates = new Map<number, string>();
  const dateOf = (day: number): string => {
    let date = dates.get(day);
    if (date === undefined) dates.set(day, (date = new Date(day * DAY).toISOString().slice(0, 10)));
    return date;
  };
  const timeOf = (at: number): string => TIMES[Math.floor((at - Math.floor(at / DAY) * DAY) / MINUTE)]!;
  const utc = (at: number): string =>
    at % MINUTE === 0 ? `${dateOf(Math.floor(at / DAY))}T${timeOf(at)}:00.000Z` : new Date(at).toISOString();

  return starts.map((start) => {
    const local = start + rules.offsetOfEpochMilli(start).totalSeconds() * 1_000;
    return {
      date: dateOf(Math.floor(local / DAY)),
      time: timeOf(local),
      startTime: utc(start),
      endTime: utc(start + durationMinutes * MINUTE),
    };
  });
}
