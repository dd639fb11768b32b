import { LocalDate } from '@js-joda/core';

/** What was written before, by day: at most the days of the years in which times may lie. */
const written = new Map<number, string>();

/** The date (`YYYY-MM-DD`) of a day counted from 1970-01-01. To write one costs as much as to find ten free slots, so each is kept. */
export function dateText(day: number): string {
  let text = written.get(day);
  if (text === undefined) written.set(day, (text = LocalDate.ofEpochDay(day).toString()));
  return text;
}
