import type { CalendarAnswer } from './calendar-requests.js';

/** A JSON object of an answer, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object that a value is; null if it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

const LONGEST_TEXT = 1_000;
const LONGEST_ID = 600;

/** The text of a field; null if it has none, or one that is too long or could not be kept: with NUL, or half a character. */
export function textIn(fields: Fields, name: string, longest = LONGEST_TEXT): string | null {
  const value = fields[name];
  if (typeof value !== 'string' || value === '' || value.length > longest) return null;
  return value.includes('\0') || !value.isWellFormed() ? null : value;
}

/** Of events, calendars and subscriptions. Graph's have about 200 characters; all that are let pass fit into an index. */
export function idIn(fields: Fields, name = 'id'): string | null {
  return textIn(fields, name, LONGEST_ID);
}

/** What a refusal says of itself: a `code` above all; nothing if the answer is a success, or no JSON. */
export function errorIn({ status, body }: CalendarAnswer): Fields {
  if (status < 400) return {};
  try {
    return fieldsOf(fieldsOf(JSON.parse(body))?.['error']) ?? {};
  } catch {
    return {};
  }
}
