import { createHash } from 'node:crypto';

/** Numbers from 0 to 1, without 1, that a seed decides. */
export function randomFrom(seed: number): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}/${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}

/** The seed that the environment gives, so that a run can be had again, or another each time. */
export function seedOfRun(): number {
  return Number(process.env['SEED'] ?? Date.now() % 1_000_000);
}
