// The engine against bare integers: the slots alone, and the slots with the texts of the answer.
//
//   node bench/engine/run.mjs [--tiny]
import { deepStrictEqual } from 'node:assert';
import { pathToFileURL } from 'node:url';
import { built } from '../built.mjs';
import { bareSlots, bareTexts, prepare } from './bare.mjs';
import { compare } from './compare.mjs';
import { busyWorkloads, everydayWorkloads, longWorkloads } from './workloads.mjs';

const { freeSlots } = await built('src/scheduling/domain/slots.js');
const { slotTexts } = await built('src/scheduling/http/slot-text.js');

const MOST_RATIO = 2;

/** Rows of the workloads, and of two sweeps over sizes. `tell` is told what is measured. */
export async function run({
  tiny = false,
  tell = () => {},
  rounds = tiny ? 1 : 15,
  milliseconds = tiny ? 1 : 40,
  busySizes = tiny ? [10, 100] : [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000],
  daySizes = tiny ? [2, 7] : [7, 14, 30, 62, 120, 365, 730],
} = {}) {
  const measure = (workload) => {
    tell(workload.name);
    return measured(workload, { rounds, milliseconds });
  };
  // A rehearsal: the compiler has met every kind of workload before one is measured, as it has in a server.
  tell('warming up');
  for (const workload of everydayWorkloads()) measured(workload, { rounds: 3, milliseconds });
  return {
    workloads: everydayWorkloads().map(measure),
    byBusy: busyWorkloads(busySizes).map(measure),
    byDays: longWorkloads(daySizes).map(measure),
  };
}

function measured({ name, size, questions }, how) {
  const prepared = questions.map(prepare);
  const ways = {
    slots: { engine: () => questions.map(slotsOf), bare: () => prepared.map(bareSlots) },
    texts: { engine: () => questions.map(textsOf), bare: () => prepared.map(bareTextsOf) },
  };
  for (const { engine, bare } of Object.values(ways))
    deepStrictEqual(engine(), bare(), `${name}: unlike results`);
  const { slots, texts } = ways;
  const row = {
    workload: name,
    ...(size === undefined ? {} : { size }),
    slots: slots.engine().flat().length,
  };
  const [finding, answering] = [slots, texts].map((way) => compare({ ...way, ...how }));
  return { ...row, finding, answering, ok: finding.ratio <= MOST_RATIO && answering.ratio <= MOST_RATIO };
}

function slotsOf({ rules, occupancy, range, now }) {
  return freeSlots(rules, occupancy, range, now);
}

function textsOf(question) {
  return slotTexts(slotsOf(question), question.rules.durationMinutes, question.viewer);
}

function bareTextsOf(prepared) {
  return bareTexts(bareSlots(prepared), prepared);
}

/** Rows as a table for people, times in microseconds. */
export function table(rows) {
  const number = (value) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  const figures = ({ microseconds, bareMicroseconds, ratio }) => [
    number(microseconds),
    number(bareMicroseconds),
    ratio.toFixed(2),
  ];
  return [
    '| | slots | engine | bare | ratio | with texts | bare | ratio |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map(
      ({ workload, slots, finding, answering }) =>
        `| ${[workload, slots.toLocaleString('en'), ...figures(finding), ...figures(answering)].join(' | ')} |`,
    ),
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { workloads, byBusy, byDays } = await run({ tiny: process.argv.includes('--tiny') });
  console.log([workloads, byBusy, byDays].map(table).join('\n\n'));
}
