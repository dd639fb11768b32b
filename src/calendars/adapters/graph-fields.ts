import type { CalendarAnswer } from './calendar-requests.js';

/** A JSON object of an answer, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object that a value is; null if it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The text of a field; null if it has none. */
export function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
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
