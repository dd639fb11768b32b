// Two functions of one input in alternating rounds, in one process: what the machine does meanwhile, it does to both.
import { median } from '../http/compare.mjs';

let kept = 0;

/**
 * How long the engine takes for one input, and how that compares with the bare implementation: the median of the ratios of
 * `rounds` pairs of rounds of about `milliseconds` each; which of the two begins alternates.
 */
export function compare({ engine, bare, rounds, milliseconds }) {
  const times = timesWithin(engine, milliseconds);
  const pairs = [];
  for (let number = -1; number < rounds; number += 1) {
    const pair = {};
    for (const [who, run] of number % 2 === 0 ? order(engine, bare) : order(engine, bare).reverse()) {
      pair[who] = microseconds(run, times);
    }
    if (number >= 0) pairs.push(pair); // the first is for warming up
  }
  const ratios = pairs.map((pair) => pair.engine / pair.bare).sort((one, other) => one - other);
  return {
    microseconds: median(pairs.map((pair) => pair.engine)),
    bareMicroseconds: median(pairs.map((pair) => pair.bare)),
    ratio: median(ratios),
    lowestRatio: ratios[0],
    highestRatio: ratios.at(-1),
    rounds: pairs.length,
    timesARound: times,
  };
}

const order = (engine, bare) => [
  ['engine', engine],
  ['bare', bare],
];

/** How often it runs in that time once it is warm: at least once. */
function timesWithin(run, milliseconds) {
  let times = 1;
  let taken = microseconds(run, times);
  while (taken * times < milliseconds * 500) {
    times *= 2;
    taken = microseconds(run, times);
  }
  return Math.max(Math.round((milliseconds * 1_000) / taken), 1);
}

/**
 * Processor time of one call, as the clock on the wall would count what else the machine does. `kept` holds on to the results, so
 * that no compiler finds the work needless.
 */
function microseconds(run, times) {
  const begun = process.cpuUsage();
  for (let i = 0; i < times; i += 1) kept += run().length;
  if (kept < 0) throw new Error('Nothing was computed');
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / times;
}
