import { CalendarUnreadable } from '../domain/errors.js';

/** A part of a calendar, from BEGIN to END, with those of its lines and parts that matter here. */
export interface Component {
  /** In upper case. */
  readonly name: string;
  /** Unfolded lines. */
  readonly lines: string[];
  readonly parts: Component[];
  /** False if it does not end where it should. */
  whole: boolean;
}

const MOST_LINES = 3_000_000;
const MOST_EVENTS = 100_000;
const DEEPEST = 10;
/** Characters; of dates alone that is thousands. */
const LONGEST_LINE = 100_000;

const KEPT_PARTS = new Set(['VCALENDAR', 'VEVENT', 'VTIMEZONE', 'STANDARD', 'DAYLIGHT']);
const KEPT_LINE =
  /^(UID|SEQUENCE|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP|TZID|TZOFFSETFROM|TZOFFSETTO|X-LIC-LOCATION|X-WR-TIMEZONE|X-WR-CALNAME|X-MICROSOFT-CDO-BUSYSTATUS)[;:]/i;
const BEGIN_OR_END = /^(BEGIN|END):\s*([\w-]+)\s*$/i;

/**
 * The calendars of an iCalendar text (RFC 5545, 3.4), one pass and no copy of what nobody asks for: notes, guests, pictures. Throws
 * `CalendarUnreadable` if the text is no calendar, or nested or split beyond reason.
 */
export function calendarsIn(text: string): Component[] {
  const root = component('');
  const open = [root];
  let count = 0;
  let marks = 0;

  for (const line of unfolded(text)) {
    if ((count += 1) > MOST_LINES)
      throw new CalendarUnreadable(`The calendar has more than ${MOST_LINES} lines`);
    const mark = BEGIN_OR_END.exec(line);
    if (!mark) {
      if (KEPT_LINE.test(line)) keep(open.at(-1)!, line);
      else if (count === 1) break;
      continue;
    }
    const name = mark[2]!.toUpperCase();
    if (name === 'VEVENT' && (marks += 1) > 2 * MOST_EVENTS)
      throw new CalendarUnreadable(`The calendar has more than ${MOST_EVENTS} events`);
    if (mark[1]!.toUpperCase() === 'END') close(open, name);
    else if (open.length > DEEPEST) throw new CalendarUnreadable('The calendar is nested too deeply');
    else begin(open, name);
  }
  while (open.length > 1) close(open, '');

  const calendars = root.parts.filter(({ name }) => name === 'VCALENDAR');
  if (calendars.length === 0) throw new CalendarUnreadable('What the address holds is no calendar');
  return calendars;
}

function component(name: string): Component {
  return { name, lines: [], parts: [], whole: true };
}

function begin(open: Component[], name: string): void {
  if (name === 'VEVENT' || name === 'VTIMEZONE') endUnfinished(open);
  const begun = component(name);
  if (KEPT_PARTS.has(name)) open.at(-1)!.parts.push(begun);
  open.push(begun);
}

function keep(part: Component, line: string): void {
  if (line.length > LONGEST_LINE) part.whole = false;
  else part.lines.push(line);
}

/** What stands in a calendar itself ends whatever is still open in it. */
function endUnfinished(open: Component[]): void {
  const calendar = open.findLastIndex(({ name }) => name === 'VCALENDAR');
  if (calendar === -1) return;
  for (const unfinished of open.splice(calendar + 1)) unfinished.whole = false;
}

/** Ends the innermost part of that name; what began inside of it and did not end is not whole. */
function close(open: Component[], name: string): void {
  const index = open.findLastIndex((part) => part.name === name);
  if (index > 0) {
    for (const unfinished of open.splice(index).slice(1)) unfinished.whole = false;
  } else if (open.length > 1) {
    open.at(-1)!.whole = false;
    if (name === '') open.pop();
  }
}

/** Lines with what was folded put together again (RFC 5545, 3.1), whether they end as they should or by LF alone. */
function* unfolded(text: string): Generator<string> {
  let line = '';
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    const feed = text.indexOf('\n', from);
    const end = feed === -1 ? text.length : feed;
    const part = text.slice(from, text[end - 1] === '\r' ? end - 1 : end);
    from = end + 1;
    if (part.startsWith(' ') || part.startsWith('\t')) line += part.slice(1);
    else {
      if (line) yield line;
      line = part;
    }
  }
  if (line) yield line;
}
