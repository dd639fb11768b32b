// What is asked of both servers. Everything is drawn from fixed seeds: each run asks the same.
import { ids, owners } from './fill.mjs';

const DAY = 86_400_000;
const FIRST_DAY = 2;
const STEP = 10 * 60_000;
const STEPS_A_HOST = 700 * 144;
const COPIES = 200;

const dateOf = (at) => new Date(at).toISOString().slice(0, 10);

/** Numbers from 0 up to `below`, the same sequence each time (xorshift32). */
function sequence(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function get(path, key) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n\r\n`;
}

export function post(path, body) {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** Seven days soon after a time, as a question for availability. */
export function weekOf(now) {
  const from = now + FIRST_DAY * DAY;
  return `startDate=${dateOf(from)}&endDate=${dateOf(from + 6 * DAY)}`;
}

/** By name: the bar of its throughput as a share of the bare server's, and `requests()`, the texts of a round. */
export function workloadsOf(world, key) {
  const draw = sequence(20_260_215);
  const many = (path) => Array.from({ length: COPIES }, () => get(path(), key));
  const week = weekOf(Date.now());
  const taken = Math.min(1_000, world.bookings.main);
  const searches = Array.from({ length: 50 }, () => `contact${1 + draw(world.contacts.main)}@`);
  const slots = freeSlots(world.hosts);

  const reads = {
    'GET /me': { bar: 0.7, texts: [get('/api/v1/me', key)] },
    'bookings, page 1': { bar: 0.8, texts: [get('/api/v1/bookings', key)] },
    'booking detail': {
      bar: 0.8,
      texts: many(() => `/api/v1/bookings/${ids.booking(owners.main, 1 + draw(taken))}`),
    },
    'contact search': {
      bar: 0.8,
      texts: searches.map((search) => get(`/api/v1/contacts?search=${encodeURIComponent(search)}`, key)),
    },
    'availability, 7 days': {
      bar: 0.8,
      texts: [get(`/api/v1/availability/intro?timezone=UTC&${week}`, key)],
    },
  };
  const workloads = Object.entries(reads).map(([name, { bar, texts }]) => ({
    name,
    bar,
    expected: 200,
    requests: () => texts,
  }));
  workloads.push({
    name: 'POST /api/bookings',
    bar: 0.8,
    expected: 201,
    once: true,
    requests: (count) => Array.from({ length: count }, () => post('/api/bookings', slots.next().value)),
  });
  return workloads;
}

/** Free slots of the hosts in turn, each once; every invitee is new. */
export function* freeSlots(hosts) {
  const from = Math.ceil(Date.now() / DAY + FIRST_DAY) * DAY;
  for (let step = 0; step < STEPS_A_HOST; step += 1) {
    for (let host = 0; host < hosts; host += 1) {
      yield {
        eventTypeId: ids.eventType(ids.host(host)),
        inviteeName: 'Ada Lovelace',
        inviteeEmail: `invitee${step}.${host}@example.com`,
        inviteeTimezone: 'Europe/London',
        startTime: new Date(from + step * STEP).toISOString(),
      };
    }
  }
}
