// What availability costs an owner whose calendars are connected, against one who has none and the same bookings.
import { deepStrictEqual } from 'node:assert';
import { median, round } from './compare.mjs';
import { get, weekOf } from './workloads.mjs';

const MOST = 1.3;
const CONNECTIONS = 50;
const WARM_UP_ROUNDS = 5; // Node compiles what is hot in the course of seconds

export const NAME = 'availability with calendars';

/**
 * The ratio of the two, in time and in processor time a request: medians over pairs of rounds, which of the two begins alternates. What is
 * busy in the calendars takes no slot away, so that both answer alike: an answer with fewer slots would be cheaper.
 */
export async function calendarsCost({ client, linktime, world, keys }, { rounds, milliseconds, tell }) {
  const path = `/api/v1/availability/intro?timezone=UTC&${weekOf(Date.now())}`;
  const asked = { connected: get(path, keys.connected), without: get(path, keys.small) };
  deepStrictEqual(
    ...(await Promise.all([keys.connected, keys.small].map((key) => slots(linktime, path, key)))),
  );

  const pairs = [];
  for (let number = rounds > 2 ? -WARM_UP_ROUNDS : -1; number < rounds; number += 1) {
    tell(`${NAME}, round ${Math.max(0, number) + 1} of ${rounds}`);
    const pair = {};
    const order = Object.keys(asked);
    for (const who of number % 2 === 0 ? order : order.toReversed()) {
      const workload = { name: NAME, expected: 200, requests: () => [asked[who]] };
      pair[who] = await round(client, linktime, workload, milliseconds, CONNECTIONS);
    }
    if (number >= 0) pairs.push(pair);
  }
  const ratio = median(pairs.map(({ connected, without }) => without.perSecond / connected.perSecond));
  const cpu = median(pairs.map(({ connected, without }) => connected.cpuMicros / without.cpuMicros));
  const of = (who) => ({
    perSecond: median(pairs.map((pair) => pair[who].perSecond)),
    cpuMicros: median(pairs.map((pair) => pair[who].cpuMicros)),
  });
  return {
    ...world.calendars,
    ...{ connected: of('connected'), without: of('without') },
    ...{ ratio, cpu, most: MOST, ok: ratio <= MOST, rounds: pairs.length },
  };
}

async function slots({ url }, path, key) {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  return (await answer.json()).data;
}

/** The ratio as a table for people. */
export function calendarsTable({ connections, events, connected, without, ratio, cpu, most }) {
  const name = `availability, 7 days, ${connections} calendars with ${events.toLocaleString('en')} events`;
  const cells = [
    ...[name, without.perSecond.toFixed(0), connected.perSecond.toFixed(0)],
    ...[`${ratio.toFixed(2)}x`, `${cpu.toFixed(2)}x`, `${most}x`],
  ];
  return [
    '| | without/s | with/s | time a request | processor | at most |',
    '|---|---:|---:|---:|---:|---:|',
    `| ${cells.join(' | ')} |`,
  ].join('\n');
}
