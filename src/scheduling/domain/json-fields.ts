import { InvalidData } from '../../kernel/domain-error.js';
import { faultOfText, tidyText } from '../../kernel/text.js';

/** What is wrong with a document, by dotted path. All of it is found before anything is refused. */
export class Faults {
  private readonly sentences = new Map<string, string>();

  /** Notes what a value must be; its path's last part is the sentence's subject. Nothing is returned in the value's stead. */
  add(path: string, predicate: string): undefined {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const subject = /^\d+$/.test(name) ? 'this entry' : name;
    if (!this.sentences.has(path)) this.sentences.set(path, `${subject} ${predicate}`);
  }

  throwIfAny(): void {
    if (this.sentences.size > 0) throw new InvalidData(Object.fromEntries(this.sentences));
  }
}

/** Takes a value of parsed JSON as it will be kept, without coercion; undefined if it has faults, which are then noted. */
export type Reader<T> = (value: unknown, path: string, faults: Faults) => T | undefined;

/** Reads a whole document. Throws `InvalidData` with everything that is wrong with it. */
export function readDocument<T>(read: Reader<T>, input: unknown): T {
  const faults = new Faults();
  const kept = read(input, '', faults);
  faults.throwIfAny();
  return kept as T;
}

/** A field of an object. Absent or null it is its default, if it has one. */
export interface Field<T> {
  readonly read: Reader<T>;
  readonly absent: { readonly value: T } | null;
}

export type Fields<T> = { readonly [Name in keyof T]: Field<T[Name]> };

export function required<T>(read: Reader<T>): Field<T> {
  return { read, absent: null };
}

export function optional<T, Absent>(absent: Absent, read: Reader<T>): Field<T | Absent> {
  return { read, absent: { value: absent } };
}

/** An object of such fields; others are ignored. Fields it does not have at all are taken from `current`, if that is given. */
export function record<T extends object>(fields: Fields<T>, current?: T): Reader<T> {
  return (value, path, faults) => {
    if (!isObject(value)) return faults.add(path || 'document', 'must be an object');
    const result: Partial<T> = {};
    let isWhole = true;
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      const kept =
        given === undefined && current
          ? current[name]
          : readField(fields[name], given, join(path, name), faults);
      if (kept === undefined) isWhole = false;
      result[name] = kept;
    }
    return isWhole ? (result as T) : undefined;
  };
}

function readField<T>(
  { read, absent }: Field<T>,
  given: unknown,
  path: string,
  faults: Faults,
): T | undefined {
  if (given !== undefined && given !== null) return read(given, path, faults);
  return absent ? absent.value : faults.add(path, 'is required');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function join(path: string, part: string | number): string {
  return path === '' ? String(part) : `${path}.${part}`;
}

/** A list of at most `max`. An item with a fault leaves undefined in its place, so that places still tell items apart. */
export function list<T>(item: Reader<T>, max: number): Reader<(T | undefined)[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value)) return faults.add(path, 'must be a list');
    if (value.length > max) return faults.add(path, `must have at most ${max} entries`);
    return value.map((entry, i) => item(entry, join(path, i), faults));
  };
}

/** A whole number, both ends included. */
export function wholeNumber(min: number, max: number): Reader<number> {
  return (value, path, faults) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : faults.add(path, `must be a whole number from ${min} to ${max}`);
}

export const flag: Reader<boolean> = (value, path, faults) =>
  typeof value === 'boolean' ? value : faults.add(path, 'must be true or false');

/** Tidied text of at most `max` code points. */
export function text(max: number, lines: 'one line' | 'several lines' = 'one line'): Reader<string> {
  return (value, path, faults) => {
    if (typeof value !== 'string') return faults.add(path, 'must be text');
    const tidy = tidyText(value);
    const fault = faultOfText(tidy, max, lines);
    return fault === null ? tidy : faults.add(path, fault);
  };
}

/** Text that is not empty. */
export function filled(read: Reader<string>): Reader<string> {
  return (value, path, faults) => {
    const kept = read(value, path, faults);
    return kept === '' ? faults.add(path, 'must not be empty') : kept;
  };
}

/** Text of which nothing is left counts as none at all. */
export function blankAsNull(read: Reader<string>): Reader<string | null> {
  return (value, path, faults) => {
    const kept = read(value, path, faults);
    return kept === '' ? null : kept;
  };
}

/** Text of one shape, which `description` tells as the end of a sentence. */
export function matching(pattern: RegExp, description: string): Reader<string> {
  return (value, path, faults) =>
    typeof value === 'string' && pattern.test(value) ? value : faults.add(path, description);
}

export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (value, path, faults) =>
    words.find((word) => word === value) ?? faults.add(path, `must be one of ${words.join(', ')}`);
}
