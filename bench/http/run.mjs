// LinkTime against bare Fastify and pg, over HTTP.
import { compare } from './compare.mjs';
import { checkLikeness, openWorld } from './world.mjs';
import { workloadsOf } from './workloads.mjs';

const MOST_CPU = 1.5;

export async function run({
  tiny,
  tell,
  keep,
  only,
  rounds = tiny ? 2 : 13,
  milliseconds = tiny ? 100 : 1_000,
}) {
  const world = await openWorld({ tiny, keep, tell });
  try {
    const workloads = workloadsOf(world.world, world.keys.main).filter(
      ({ name }) => !only || name.includes(only),
    );
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
      tell(
        `  ${(100 * result.throughput).toFixed(0)}% cpu ${result.cpu.toFixed(2)} lt ${result.linktime.perSecond.toFixed(0)}/s ${result.linktime.cpuMicros.toFixed(0)}us bare ${result.bare.perSecond.toFixed(0)}/s ${result.bare.cpuMicros.toFixed(0)}us`,
      );
      results.push({ ...result, ok: result.throughput >= result.bar && result.cpu <= MOST_CPU });
    }
    return { postgres: world.postgresVersion, connections: 50, results };
  } finally {
    await world.close();
  }
}
