// LinkTime against bare Fastify and pg, over HTTP, and what pages cost as tables grow.
import { calendarsCost, NAME as CALENDARS } from './calendars.mjs';
import { compare } from './compare.mjs';
import { growth } from './growth.mjs';
import { checkLikeness, openWorld } from './world.mjs';
import { workloadsOf } from './workloads.mjs';

const MOST_CPU = 1.5;

/**
 * `keep` is a folder in which the filled database stays for the next run; `only` a word that the names of the workloads to be
 * measured contain.
 */
export async function run({
  tiny = false,
  tell = () => {},
  keep = null,
  only = '',
  rounds = tiny ? 2 : 13,
  milliseconds = tiny ? 50 : 1_000,
} = {}) {
  const world = await openWorld({ tiny, keep, tell });
  try {
    const workloads = workloadsOf(world.world, world.keys.main).filter(({ name }) => name.includes(only));
    const paths = workloads.flatMap(({ once, requests }) =>
      once
        ? []
        : requests()
            .slice(0, 3)
            .map((text) => text.split(' ')[1]),
    );
    await checkLikeness(world, paths, world.keys.main);
    const results = [];
    for (const workload of workloads) {
      tell(workload.name);
      const result = await compare({ ...world, workload, rounds, milliseconds });
      results.push({ ...result, ok: result.throughput >= result.bar && result.cpu <= MOST_CPU });
    }
    const calendars = CALENDARS.includes(only)
      ? await calendarsCost(world, { tell, rounds, milliseconds })
      : null;
    const grown = only ? null : await growth(world, { tell, rounds, milliseconds: milliseconds / 3 });
    return { postgres: world.postgresVersion, sizes: world.world, results, calendars, growth: grown };
  } finally {
    await world.close();
  }
}

export { calendarsTable } from './calendars.mjs';

/** The comparison as a table for people. */
export function table({ results }) {
  const percent = (share) => `${(share * 100).toFixed(0)} %`;
  return [
    '| | LinkTime/s | bare/s | share | at least | LinkTime µs | bare µs | processor | at most |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...results.map(({ workload, linktime, bare, throughput, bar, cpu }) => {
      const speeds = [linktime, bare].map(({ perSecond }) => perSecond.toFixed(0));
      const costs = [linktime, bare].map(({ cpuMicros }) => cpuMicros.toFixed(0));
      const cells = [
        workload,
        ...speeds,
        percent(throughput),
        percent(bar),
        ...costs,
        `${cpu.toFixed(2)}x`,
        `${MOST_CPU}x`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

/** The growth as two tables for people. */
export function growthTable({ points, bars }) {
  return [
    '| | size | ms a request |',
    '|---|---:|---:|',
    ...points.map(
      ({ line, size, milliseconds }) =>
        `| ${line} | ${size.toLocaleString('en')} | ${milliseconds.toFixed(2)} |`,
    ),
    '',
    '| | ratio | at most |',
    '|---|---:|---:|',
    ...bars.map(({ name, ratio, most }) => `| ${name} | ${ratio.toFixed(2)} | ${most} |`),
  ].join('\n');
}
