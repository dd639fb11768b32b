import { describe, expect, it } from '@jest/globals';
import { isId, RandomIds } from './ids.js';

describe('Ids', () => {
  const many = 5_000; // more than the random bytes that are kept at a time

  it('are UUIDs, each once, that sort by their making', () => {
    const ids = new RandomIds();
    const made = Array.from({ length: many }, () => ids.next());
    expect(made.every(isId)).toBe(true);
    expect(new Set(made).size).toBe(many);
    expect([...made].sort()).toEqual(made);
    expect(made[0]![14]).toBe('7');
  });

  it('are never those of another maker in the same process', () => {
    const [one, other] = [new RandomIds(), new RandomIds()];
    const made = Array.from({ length: many }, () => [one.next(), other.next()]).flat();
    expect(new Set(made).size).toBe(2 * many);
  });

  it('come with secrets of 256 bits that have nothing in common', () => {
    const ids = new RandomIds();
    const secrets = Array.from({ length: many }, () => ids.secret());
    expect(secrets.every((secret) => /^[\w-]{43}$/.test(secret))).toBe(true);
    const halves = secrets.flatMap((secret) => [secret.slice(0, 21), secret.slice(22)]);
    expect(new Set(halves).size).toBe(2 * many);
  });
});
