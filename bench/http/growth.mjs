// What a page costs as there is more of what it is a page of.
import { median, round } from './compare.mjs';
import { get } from './workloads.mjs';

const CONNECTIONS = 8;
const LIMIT = 20;

/** Most that the largest may cost of the smallest, or of its own first page. */
const MOST_GROWTH = 2;
const MOST_LAST_PAGE = 3;

/**
 * Lines of points: size against milliseconds a request, each with its ratio to the smallest size, or of the last page to the first.
 * All are asked in turn, round after round, and ratios are medians over the rounds.
 */
export async function growth({ client, linktime, world, keys }, { rounds, milliseconds, tell }) {
  const listed = ['small', 'main', 'large'];
  const searched = ['small', 'medium', 'main'];
  const page = (owner, number) => get(`/api/v1/bookings?page=${number}`, keys[owner]);
  const asked = [
    ...listed.map((owner) => ({ line: 'first page', size: world.bookings[owner], text: page(owner, 1) })),
    ...listed.map((owner) => {
      const size = world.bookings[owner];
      return { line: 'last page', size, text: page(owner, Math.ceil(size / LIMIT)) };
    }),
    ...searched.map((owner) => {
      const size = world.contacts[owner];
      return {
        line: 'contact search',
        size,
        text: get(`/api/v1/contacts?search=contact${size - 1}%40`, keys[owner]),
      };
    }),
  ].map((question) => ({ ...question, cost: [] }));

  for (let number = 0; number < rounds; number += 1) {
    tell(`growth, round ${number + 1} of ${rounds}`);
    for (const { line, text, cost } of asked) {
      const workload = { name: line, expected: 200, requests: () => [text] };
      const { perSecond } = await round(client, linktime, workload, milliseconds, CONNECTIONS);
      cost.push(1_000 / perSecond);
    }
  }
  const costOf = (line, size) => asked.find((each) => each.line === line && each.size === size).cost;
  const ratio = (costs, to) => median(costs.map((cost, place) => cost / to[place]));
  const points = asked.map(({ line, size, cost }) => ({ line, size, milliseconds: median(cost) }));
  const [smallest, , largest] = listed.map((owner) => world.bookings[owner]);
  const first = ratio(costOf('first page', largest), costOf('first page', smallest));
  const last = ratio(costOf('last page', largest), costOf('first page', largest));
  return {
    points,
    bars: [
      {
        name: `page 1 of ${largest.toLocaleString('en')} to page 1 of ${smallest.toLocaleString('en')}`,
        ratio: first,
        most: MOST_GROWTH,
        ok: first <= MOST_GROWTH,
      },
      {
        name: `last page of ${largest.toLocaleString('en')} to its first`,
        ratio: last,
        most: MOST_LAST_PAGE,
        ok: last <= MOST_LAST_PAGE,
      },
    ],
  };
}
