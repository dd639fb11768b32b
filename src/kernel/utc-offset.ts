import type { ZoneId } from '@js-joda/core';

const DAY = 86_400_000;
/** Clocks never change twice in so short a time; a spec holds that against the zone data. */
const STRIDE = 3 * DAY;
const TABLE_FROM = 0;
const TABLE_TO = 47_482 * DAY; // 2100-01-01

/** A time without a clock change: from `from` and before `until`, in epoch milliseconds. */
interface Period {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

const lookUps = new Map<string, (instant: number) => number>();

/**
 * How far the clocks of a zone are ahead of UTC at an instant, in milliseconds: what js-joda says, at a small part of its cost for
 * the years 1970 to 2099, least for instants that lie close together. When a zone is first asked for, a table of its clock changes
 * is made, in a few milliseconds.
 */
export function offsetsOf(zone: ZoneId): (instant: number) => number {
  let lookUp = lookUps.get(zone.id());
  if (!lookUp) lookUps.set(zone.id(), (lookUp = lookUpIn(zone)));
  return lookUp;
}

function lookUpIn(zone: ZoneId): (instant: number) => number {
  const periods = periodsOf(zone);
  let period = periods[0]!;
  return (instant) => {
    if (instant >= period.from && instant < period.until) return period.offset;
    if (instant < TABLE_FROM || instant >= TABLE_TO) return offsetByJoda(zone, instant);
    period = periodAt(periods, instant);
    return period.offset;
  };
}

/** All of them from the first year of the table to its last, in order. */
function periodsOf(zone: ZoneId): Period[] {
  const periods: Period[] = [];
  let from = TABLE_FROM;
  let offset = offsetByJoda(zone, from);
  for (let early = TABLE_FROM; early < TABLE_TO; early += STRIDE) {
    const newOffset = offsetByJoda(zone, early + STRIDE);
    if (newOffset === offset) continue;
    const until = firstInstantOf(newOffset, zone, early, early + STRIDE);
    periods.push({ from, until, offset });
    from = until;
    offset = newOffset;
  }
  return [...periods, { from, until: TABLE_TO, offset }];
}

/** The first instant of an offset that holds at `late` and not yet at `early`. */
function firstInstantOf(offset: number, zone: ZoneId, early: number, late: number): number {
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offsetByJoda(zone, middle) === offset) late = middle;
    else early = middle;
  }
  return late;
}

function offsetByJoda(zone: ZoneId, instant: number): number {
  return zone.rules().offsetOfEpochMilli(instant).totalSeconds() * 1_000;
}

/** The one that an instant lies in, which must be one of the table. */
function periodAt(periods: readonly Period[], instant: number): Period {
  let low = 0;
  let high = periods.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (periods[middle]!.until > instant) high = middle;
    else low = middle + 1;
  }
  return periods[low]!;
}
