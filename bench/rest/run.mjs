// How long the embedded profile takes to start, and what an API process takes of memory while nobody asks it anything.
import { setTimeout as delay } from 'node:timers/promises';
import { startLinkTime, temporaryFolder } from '../http/processes.mjs';

const MOST_START_MS = 3_000;
const MOST_RESIDENT = 160 * 1024 ** 2;

export async function run({ tiny = false, tell = () => {} } = {}) {
  const folder = await temporaryFolder();
  const env = { DATA_DIR: folder.path, HOST: '127.0.0.1', PORT: '0' };
  const starts = [];
  let resident = 0;
  try {
    for (let start = 0; start < (tiny ? 2 : 4); start += 1) {
      tell(start === 0 ? 'the first start' : 'a later start');
      const server = await startLinkTime(env);
      try {
        starts.push(server.startMs);
        await delay(tiny ? 100 : 5_000);
        resident = Math.max(resident, (await server.meter()).rss);
      } finally {
        await server.stop();
      }
    }
  } finally {
    await folder.remove();
  }
  const [firstStartMs, ...later] = starts;
  const laterStartMs = Math.max(...later);
  return {
    firstStartMs,
    laterStartMs,
    residentBytes: resident,
    ok: laterStartMs <= MOST_START_MS && resident <= MOST_RESIDENT,
  };
}

export function table({ firstStartMs, laterStartMs, residentBytes }) {
  const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
  const megabytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
  return [
    '| | measured | at most |',
    '|---|---:|---:|',
    `| first embedded start, with its database made | ${seconds(firstStartMs)} | |`,
    `| later embedded start, the slowest | ${seconds(laterStartMs)} | ${seconds(MOST_START_MS)} |`,
    `| resident memory at rest | ${megabytes(residentBytes)} | ${megabytes(MOST_RESIDENT)} |`,
  ].join('\n');
}
