// What it costs to tell the world: ten thousand events at once, each owed to three endpoints, while the API is asked at a steady rate.
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../http/compare.mjs';
import { freeSlots } from '../http/workloads.mjs';
import { addOwners, openWorld, putEvents } from './world.mjs';

const MOST_RATIO = 1.5;
const ENDPOINTS_EACH = 3;
const POLL_MS = 20;
/** How long nothing may arrive before what is missing is called lost. */
const PATIENCE_MS = 60_000;

const READS_PER_SECOND = 40;
const BOOKINGS_PER_SECOND = 8;
/** So many are made ready for one stretch of asking; none is longer. */
const LONGEST_SECONDS = 300;

export async function run({
  tiny = false,
  tell = () => {},
  rounds = tiny ? 1 : 3,
  events = tiny ? 40 : 10_000,
  restMs = tiny ? 300 : 10_000,
  ownerCounts = tiny ? [1, 4] : [1, 100],
} = {}) {
  const world = await openWorld({ tiny, tell });
  try {
    const slots = freeSlots(world.sizes.hosts);
    const asked = (task) => whileAsked(world, slots, task);
    await asked(() => delay(restMs)); // to warm up
    const results = [];
    for (const owners of ownerCounts) {
      const name = owners === 1 ? 'one owner' : `${owners} owners`;
      const busy = await addOwners(world, { owners, endpointsEach: ENDPOINTS_EACH });
      const stretches = [];
      for (let round = 0; round < rounds; round += 1) {
        tell(`${name}, round ${round + 1}`);
        const rest = await asked(() => delay(restMs));
        const fanOut = await asked(() => deliver(world, busy, events));
        stretches.push({ rest, fanOut });
      }
      results.push({ name, ...summaryOf(stretches) });
    }
    return { postgres: world.postgres, events, endpointsEach: ENDPOINTS_EACH, rounds, results };
  } finally {
    await world.close();
  }
}

/** The task, while the API is asked: what came of it, how the API fared, and what the processes used. */
async function whileAsked({ sizes, keys, api, worker, visitors, receiver, database }, slots, task) {
  const kinds = [
    { name: 'reads', perSecond: READS_PER_SECOND, asks: reads(keys.main) },
    { name: 'bookings', perSecond: BOOKINGS_PER_SECOND, asks: bookings(slots) },
  ];
  const before = [await api.meter(), await worker.meter()];
  const begun = performance.now();
  await visitors.ask({ what: 'begin', url: api.url, kinds });
  const done = await task();
  const milliseconds = performance.now() - begun;
  const answered = await visitors.ask({ what: 'end' });
  const after = [await api.meter(), await worker.meter()];
  for (const [name, { unlike }] of Object.entries(answered)) {
    if (unlike !== null) throw new Error(`${name} were answered otherwise: ${unlike}`);
  }
  await quiet(database);
  const steady = await receiver.ask({ what: 'take', line: 'steady' });
  if (steady.count !== answered.bookings.sent)
    throw new Error(
      `Of ${answered.bookings.sent} bookings ${steady.count} were told of (${sizes.hosts} hosts)`,
    );
  const [apiCpu, workerCpu] = after.map(({ cpu }, process) => cpu - before[process].cpu);
  return { done, milliseconds, answered, steady, apiCpu, workerCpu };
}

function reads(key) {
  const headers = { Authorization: `Bearer ${key}` };
  const asks = { method: 'GET', path: '/api/v1/bookings', headers, expected: 200 };
  return Array.from({ length: READS_PER_SECOND * LONGEST_SECONDS }, () => asks);
}

function bookings(slots) {
  return Array.from({ length: BOOKINGS_PER_SECOND * LONGEST_SECONDS }, () => ({
    method: 'POST',
    path: '/api/bookings',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(slots.next().value),
    expected: 201,
  }));
}

/** Puts all events into the outbox at once and waits until all that is owed for them has arrived. */
async function deliver({ database, receiver }, busy, events) {
  const begun = performance.now();
  await putEvents(database, busy, events);
  const owed = events * ENDPOINTS_EACH;
  let arrived = 0;
  let news = performance.now();
  while (arrived < owed) {
    await delay(POLL_MS);
    const { count } = await receiver.ask({ what: 'count', line: 'burst' });
    if (count > arrived) news = performance.now();
    else if (performance.now() - news > PATIENCE_MS)
      throw new Error(`${owed - count} of ${owed} deliveries did not arrive`);
    arrived = count;
  }
  const seconds = (performance.now() - begun) / 1_000;
  return { seconds, perSecond: owed / seconds, ...(await receiver.ask({ what: 'take', line: 'burst' })) };
}

/** Waits until nothing is owed any more, mails included. */
async function quiet(database) {
  for (;;) {
    const { rows } = await database.query(`
      select exists (select from outbox where handled_at is null)
        or exists (select from webhook_deliveries where status = 'PENDING')
        or exists (select from email_logs where status = 'QUEUED') as busy`);
    if (!rows[0].busy) return;
    await delay(POLL_MS);
  }
}

/** Medians over the rounds; ratios are taken in each round for itself. */
function summaryOf(stretches) {
  const over = (figure) => median(stretches.map(figure));
  const lagOf = (stretch) => ({
    p50: over((round) => stretch(round).p50),
    p99: over((round) => stretch(round).p99),
    max: Math.max(...stretches.map((round) => stretch(round).max)),
  });
  const api = (kind) => ({
    rest: {
      p50: over(({ rest }) => rest.answered[kind].p50),
      p99: over(({ rest }) => rest.answered[kind].p99),
    },
    fanOut: {
      p50: over(({ fanOut }) => fanOut.answered[kind].p50),
      p99: over(({ fanOut }) => fanOut.answered[kind].p99),
    },
    ratio: {
      p50: over(({ rest, fanOut }) => fanOut.answered[kind].p50 / rest.answered[kind].p50),
      p99: over(({ rest, fanOut }) => fanOut.answered[kind].p99 / rest.answered[kind].p99),
    },
  });
  const reads = api('reads');
  const bookings = api('bookings');
  return {
    perSecond: over(({ fanOut }) => fanOut.done.perSecond),
    lag: lagOf(({ fanOut }) => fanOut.done.lag),
    doubled: stretches.reduce(
      (sum, { rest, fanOut }) => sum + fanOut.done.doubled + rest.steady.doubled + fanOut.steady.doubled,
      0,
    ),
    workerMicros: over(({ fanOut }) => fanOut.workerCpu / fanOut.done.count),
    workerShare: over(({ fanOut }) => fanOut.workerCpu / 1_000 / fanOut.milliseconds),
    others: { rest: lagOf(({ rest }) => rest.steady.lag), fanOut: lagOf(({ fanOut }) => fanOut.steady.lag) },
    api: { reads, bookings },
    ok: [reads, bookings].every(({ ratio }) => ratio.p50 <= MOST_RATIO && ratio.p99 <= MOST_RATIO),
  };
}

/** The figures as tables for people. */
export function table({ events, endpointsEach, results }) {
  const ms = (number) => `${number.toFixed(number < 10 ? 1 : 0)} ms`;
  const s = (number) => `${(number / 1_000).toFixed(2)} s`;
  const lag = ({ p50, p99, max }, unit) => [p50, p99, max].map(unit).join(' · ');
  return [
    `${events.toLocaleString('en')} events at once, ${endpointsEach} endpoints each; lag: median · 99 % · most`,
    '',
    `| | ${results.map(({ name }) => name).join(' | ')} |`,
    `|---|${results.map(() => '---:|').join('')}`,
    row('deliveries a second', ({ perSecond }) => perSecond.toFixed(0)),
    row('lag from the event to its receipt', (result) => lag(result.lag, s)),
    row('lag of other owners meanwhile', (result) => lag(result.others.fanOut, ms)),
    row('lag of other owners at rest', (result) => lag(result.others.rest, ms)),
    row('received twice', ({ doubled }) => doubled),
    row("worker's processor time a delivery", ({ workerMicros }) => `${workerMicros.toFixed(0)} µs`),
    ...['reads', 'bookings'].flatMap((kind) => [
      row(`API, ${kind}: median at rest, meanwhile`, ({ api }) => both(api[kind], 'p50')),
      row(`API, ${kind}: 99 % at rest, meanwhile`, ({ api }) => both(api[kind], 'p99')),
    ]),
  ].join('\n');

  function row(title, cell) {
    return `| ${title} | ${results.map(cell).join(' | ')} |`;
  }

  function both({ rest, fanOut, ratio }, share) {
    return `${ms(rest[share])}, ${ms(fanOut[share])}: ${ratio[share].toFixed(2)}x`;
  }
}
