// Measures LinkTime: see USAGE, or `npm run bench -- --help`.
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../scripts/build-if-needed.mjs';
import { chart } from './chart.mjs';

const parts = {
  engine: {
    title: 'The slot engine against bare integers, in microseconds',
    load: () => import('./engine/run.mjs'),
  },
  http: {
    title: 'The API against bare Fastify and pg, at 50 connections',
    load: () => import('./http/run.mjs'),
  },
  delivery: {
    title: 'Webhooks of ten thousand events at once, and the API meanwhile',
    load: () => import('./delivery/run.mjs'),
  },
  rest: { title: 'Start and rest', load: () => import('./rest/run.mjs') },
};

const USAGE = `npm run bench [-- PART ...] [--tiny] [--json] [--keep FOLDER] [--out FOLDER] [--only WORD] [--rounds N]

Parts: ${Object.keys(parts).join(', ')}; all of them unless some are named. Tables go to standard output, progress to a terminal,
and both with a chart into bench/results/, or nowhere with --tiny.

  --tiny         on tiny sizes, to see that it runs
  --json         one JSON value in place of tables
  --keep FOLDER  holds on to the filled database between runs
  --only WORD    the workloads over HTTP with that word in their names
  --rounds N     how often each is measured
  --out FOLDER   where results go; what is measured in part is stored nowhere else
  --help         this`;

/** Something was asked for that cannot be done; said without a stack. */
class Misuse extends Error {}

try {
  const { values: options, positionals } = readArguments();
  if (options.help) console.log(USAGE);
  else await main(options, positionals);
} catch (error) {
  console.error(error instanceof Misuse ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 1;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        tiny: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        keep: { type: 'string' },
        out: { type: 'string' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch ({ message }) {
    throw new Misuse(message);
  }
}

async function main(options, positionals) {
  const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
  if (unknown) throw new Misuse(`There is no part ${unknown}.`);
  if (options.rounds && !/^[1-9]\d?$/.test(options.rounds))
    throw new Misuse('--rounds is a number from 1 to 99.');
  if (!process.env.LINKTIME_DIST) await buildIfNeeded();

  const measured = { machine: machine(), date: new Date().toISOString(), tiny: options.tiny };
  for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
    const { run } = await parts[name].load();
    measured[name] = await run({
      tiny: options.tiny,
      keep: options.keep ?? null,
      only: options.only ?? '',
      ...(options.rounds && { rounds: Number(options.rounds) }),
      tell: (what) => progress(`${name}: ${what}`),
    });
  }
  progress(null);

  const text = await textOf(measured);
  console.log(options.json ? JSON.stringify(measured, null, 2) : text);
  const isWhole = !options.tiny && !options.only && !options.rounds;
  const out = options.out ?? (isWhole ? fileURLToPath(new URL('results', import.meta.url)) : null);
  if (out) await store(out, measured, text);
}

function machine() {
  const [{ model }] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  return `${cpus().length} x ${model.trim()}, ${memory}, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** One line that is written over; nothing where nobody watches. */
function progress(what) {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${what ?? ''}`);
}

async function textOf({ machine, date, engine, http, delivery, rest }) {
  const postgres = http?.postgres ?? delivery?.postgres;
  const sections = [
    `Measured on ${date.slice(0, 10)}, ${machine}${postgres ? `, PostgreSQL ${postgres}` : ''}`,
  ];
  if (engine) {
    const { table } = await parts.engine.load();
    const { workloads, byBusy, byDays } = engine;
    sections.push(`### ${parts.engine.title}`, ...[workloads, byBusy, byDays].map(table));
  }
  if (http) {
    const { table, calendarsTable, growthTable } = await parts.http.load();
    if (http.results.length > 0) sections.push(`### ${parts.http.title}`, table(http));
    if (http.calendars) sections.push(calendarsTable(http.calendars));
    if (http.growth) sections.push(growthTable(http.growth));
  }
  if (delivery) {
    const { table } = await parts.delivery.load();
    sections.push(`### ${parts.delivery.title}`, table(delivery));
  }
  if (rest) {
    const { table } = await parts.rest.load();
    sections.push(`### ${parts.rest.title}`, table(rest));
  }
  return sections.join('\n\n');
}

/** One JSON file and one text a run under the names of the parts that ran, so that a part can be measured again by itself. */
async function store(folder, measured, text) {
  await mkdir(folder, { recursive: true });
  const name = Object.keys(parts)
    .filter((part) => measured[part])
    .join('-');
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(measured, null, 2)}\n`);
  await writeFile(join(folder, `${name}.md`), `${text}\n`);
  const subtitle = `${measured.date.slice(0, 10)}, ${measured.machine}`;
  if (measured.http?.growth) {
    const { points } = measured.http.growth;
    await writeFile(
      join(folder, 'growth.svg'),
      chart({ title: 'What a page costs as there is more', subtitle, points }),
    );
  }
}
