// The conformance suite: see README.md.
//
//   node run.mjs               runs the vectors and random calendars against BASE_URL
//   node run.mjs definitions   prints the event types it needs, as a JSON array
import { fileURLToPath } from 'node:url';
import { Api, Fault } from './api.mjs';
import { playCalendar, randomCalendars } from './calendars.mjs';
import { eventTypeIds } from './event-types.mjs';
import { checkVector, readVectors, staleness } from './vectors.mjs';

const { BASE_URL, API_KEY, MAKE_EVENT_TYPE, VECTORS } = process.env;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
const slots = Number(process.env.CONFORMANCE_SLOTS ?? 100);
const QUARTER = 15 * 60_000;

const vectors = await readVectors(VECTORS ?? fileURLToPath(new URL('vectors', import.meta.url)));
const fresh = vectors.filter((vector) => staleness(vector) === null);
const calendars = randomCalendars(seed, slots);
const definitions = [...fresh, ...calendars].flatMap(({ eventTypes }) => eventTypes);

if (process.argv[2] === 'definitions') console.log(JSON.stringify(definitions, null, 2));
else process.exitCode = await run();

async function run() {
  if (!BASE_URL || !API_KEY) {
    console.error('BASE_URL and API_KEY say what is to be tried: see README.md.');
    return 1;
  }
  const api = new Api({ baseUrl: BASE_URL, apiKey: API_KEY });
  const tally = { passed: 0, failed: 0, stale: vectors.length - fresh.length };
  try {
    const ids = await eventTypeIds(api, definitions, MAKE_EVENT_TYPE);
    for (const vector of vectors) {
      const stale = staleness(vector);
      if (stale) console.log(`stale   ${vector.name}: ${stale}`);
      else await attempt(tally, vector.name, () => checkVector(api, ids, vector));
    }
    console.log(`random calendars, SEED=${seed} CONFORMANCE_SLOTS=${slots}`);
    for (const [n, calendar] of calendars.entries()) {
      await attempt(tally, `random calendar ${n}`, () => playTwiceOverMidnight(api, ids, calendar));
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(error.message);
    tally.failed += 1;
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.stale} stale`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

async function attempt(tally, name, check) {
  try {
    const counts = await check();
    const told = Object.entries(counts ?? {}).map(([what, count]) => `${count} ${what}`);
    console.log(`passed  ${name}${told.length > 0 ? `: ${told.join(', ')}` : ''}`);
    tally.passed += 1;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.log(`FAILED  ${name}: ${error.message}`);
    tally.failed += 1;
  }
}

/** Plays again what was played while somewhere a day began, as days always do on a quarter of an hour: windows then move. */
async function playTwiceOverMidnight(api, ids, calendar) {
  const quarter = Math.floor(Date.now() / QUARTER);
  try {
    return await playCalendar(api, ids, calendar);
  } catch (error) {
    if (!(error instanceof Fault) || quarter === Math.floor(Date.now() / QUARTER)) throw error;
    return playCalendar(api, ids, calendar);
  }
}
