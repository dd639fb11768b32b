// Two servers under the same load in alternating rounds: what the machine does meanwhile, it does to both.

const CONNECTIONS = 50;
const SAMPLE = 1;
const WARM_UP_ROUNDS = 5; // Node compiles what is hot in the course of seconds

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * LinkTime as a share of the bare server: medians over `rounds` pairs of rounds of about `milliseconds` each, which of the two begins
 * alternates. `cpu` is processor time of the server process a request.
 */
export async function compare({ client, linktime, bare, workload, rounds, milliseconds }) {
  const pairs = [];
  for (let number = rounds > 2 ? -WARM_UP_ROUNDS : -1; number < rounds; number += 1) {
    const order = Math.abs(number) % 2 === 0 ? ['linktime', 'bare'] : ['bare', 'linktime'];
    const pair = {};
    for (const who of order) {
      pair[who] = await round(client, { linktime, bare }[who], workload, milliseconds);
    }
    if (number >= 0) pairs.push(pair);
  }
  const of = (who, what) => median(pairs.map((pair) => pair[who][what]));
  return {
    workload: workload.name,
    bar: workload.bar,
    throughput: median(pairs.map((pair) => pair.linktime.perSecond / pair.bare.perSecond)),
    cpu: median(pairs.map((pair) => pair.linktime.cpuMicros / pair.bare.cpuMicros)),
    linktime: {
      perSecond: of('linktime', 'perSecond'),
      cpuMicros: of('linktime', 'cpuMicros'),
      p50: of('linktime', 'p50'),
      p99: of('linktime', 'p99'),
    },
    bare: {
      perSecond: of('bare', 'perSecond'),
      cpuMicros: of('bare', 'cpuMicros'),
      p50: of('bare', 'p50'),
      p99: of('bare', 'p99'),
    },
    rounds: pairs.length,
  };
}

export async function round(client, server, workload, milliseconds, connections = CONNECTIONS) {
  const requests = workload.requests(Math.ceil(milliseconds * 6));
  const before = await server.meter();
  const result = await client.load({
    ...{ url: server.url, requests, connections, milliseconds },
    ...{ expected: workload.expected, once: workload.once ?? false },
  });
  const after = await server.meter();
  if (result.unlike !== null) throw new Error(`${workload.name} was answered otherwise: ${result.unlike}`);
  return {
    perSecond: (result.answered / result.milliseconds) * 1_000,
    cpuMicros: (after.cpu - before.cpu) / Math.max(SAMPLE, result.answered),
    p50: result.p50,
    p99: result.p99,
  };
}
