import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { Instant, LocalDate, ZoneId } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { isEmailAddress, normalizeEmail } from '../../kernel/email-address.js';
import { parseDate, parseInstant } from '../../kernel/instant-text.js';
import { faultOfText, tidyText } from '../../kernel/text.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { ApiProperty } from './described.js';

/** What is wrong with a field, as one sentence; `at` names the place inside it, such as the index in a list. */
export class Fault {
  constructor(
    readonly sentence: string,
    readonly at: string | null = null,
  ) {}
}

/** Reads a field as it was sent: what it means, or what is wrong with it. */
type Read = (sent: unknown, name: string) => unknown;

interface FieldOptions {
  /** May be left out. */
  readonly optional?: boolean;
  /** null and "" are taken, and clear the field. */
  readonly clearable?: boolean;
  readonly example?: unknown;
  readonly description?: string;
}

/**
 * A field of a request: how it is read, and how the OpenAPI document shows it. Reading is all there is to validation: it yields
 * either what the field means or a fault.
 */
function field(read: Read, options: FieldOptions, schema: ApiPropertyOptions): PropertyDecorator {
  const { optional = false, clearable = false, example, description } = options;
  const readOrMissing = (sent: unknown, name: string): unknown => {
    if (sent === undefined) return optional ? undefined : new Fault(`${name} is required`);
    if (clearable && (sent === null || sent === '')) return null;
    if (sent === null) return new Fault(`${name} must not be null`);
    return read(sent, name);
  };
  return (target, property) => {
    fieldsDeclaredBy(target).set(String(property), readOrMissing);
    ApiProperty({
      ...schema,
      required: !optional,
      ...(clearable && { nullable: true }),
      ...(example !== undefined && { example }),
      ...(description !== undefined && { description }),
    } as ApiPropertyOptions)(target, property);
  };
}

/** By the prototype of the class that declares them. */
const declared = new Map<object, Map<string, Read>>();

function fieldsDeclaredBy(prototype: object): Map<string, Read> {
  let fields = declared.get(prototype);
  if (!fields) declared.set(prototype, (fields = new Map()));
  return fields;
}

type Readers = readonly (readonly [name: string, read: Read])[];

/** By class, with the fields that it inherits, once they have been asked for. */
const readers = new Map<new () => object, Readers>();

function readersOf(type: new () => object): Readers {
  let fields = readers.get(type);
  if (fields) return fields;
  const own = declared.get(type.prototype as object) ?? [];
  const inherited: unknown = Object.getPrototypeOf(type);
  fields = [...(inherited === Function.prototype ? [] : readersOf(inherited as new () => object)), ...own];
  readers.set(type, fields);
  return fields;
}

/**
 * What was sent, as a class of requests reads it; fields that it does not name are left out. Throws `InvalidData` with all faults at once,
 * one sentence a field.
 */
export function readFields<T extends object>(type: new () => T, sent: Record<string, unknown>): T {
  const data = new type() as Record<string, unknown>;
  let faults: Record<string, string> | null = null;
  for (const [name, read] of readersOf(type)) {
    const value = read(sent[name], name);
    if (value instanceof Fault)
      (faults ??= {})[value.at === null ? name : `${name}.${value.at}`] = value.sentence;
    else data[name] = value;
  }
  if (faults) throw new InvalidData(faults);
  return data as T;
}

// ---- fields of bodies: no coercion, a wrong type is a fault -------------------------------------------------------------------

/** One line of text, trimmed, 1 to `max` code points. */
export function Line(options: FieldOptions & { max: number }): PropertyDecorator {
  return field(
    (sent, name) => {
      if (typeof sent !== 'string') return new Fault(`${name} must be a string`);
      const text = tidyText(sent);
      // A line break is refused even where trimming would take it away: whoever sends one means something by it.
      const fault = faultOfText(sent, Infinity, 'one line') ?? faultOfText(text, options.max, 'one line');
      if (!fault && text === '') return options.clearable ? null : new Fault(`${name} must not be empty`);
      return fault ? new Fault(`${name} ${fault}`) : text;
    },
    options,
    { type: String, maxLength: options.max, ...(options.clearable ? {} : { minLength: 1 }) },
  );
}

/** Text of several lines, trimmed, at most `max` code points; blank text clears. */
export function Lines(options: FieldOptions & { max: number }): PropertyDecorator {
  return field(
    (sent, name) => {
      if (typeof sent !== 'string') return new Fault(`${name} must be a string`);
      const text = tidyText(sent);
      if (text === '') return null;
      const fault = faultOfText(text, options.max, 'several lines');
      return fault ? new Fault(`${name} ${fault}`) : text;
    },
    { ...options, clearable: true },
    { type: String, maxLength: options.max },
  );
}

/** An e-mail address, kept trimmed and lower-cased. */
export function Email(options: FieldOptions = {}): PropertyDecorator {
  return field((sent, name) => readEmail(sent, name), options, {
    type: String,
    format: 'email',
    maxLength: 254,
  });
}

function readEmail(sent: unknown, name: string): string | Fault {
  if (typeof sent !== 'string') return new Fault(`${name} must be a string`);
  const address = normalizeEmail(sent);
  return isEmailAddress(address) ? address : new Fault('Invalid email format');
}

/** A list of e-mail addresses, each once. */
export function Emails(options: FieldOptions & { max: number }): PropertyDecorator {
  return field(
    (sent, name) => {
      if (!Array.isArray(sent)) return new Fault(`${name} must be a list of e-mail addresses`);
      if (sent.length > options.max) return new Fault(`${name} must have at most ${options.max} entries`);
      const addresses = sent.map((each: unknown) => readEmail(each, name));
      const wrong = addresses.findIndex((each) => each instanceof Fault);
      if (wrong >= 0) return new Fault((addresses[wrong] as Fault).sentence, String(wrong));
      return [...new Set(addresses)];
    },
    options,
    { type: [String], format: 'email', maxItems: options.max },
  );
}

/** An instant with `Z` or an offset (RFC 3339). */
export function Moment(options: FieldOptions = {}): PropertyDecorator {
  return field((sent, name) => readMoment(sent, name), options, { type: String, format: 'date-time' });
}

function readMoment(sent: unknown, name: string): Instant | Fault {
  const instant = typeof sent === 'string' ? parseInstant(sent) : null;
  return instant ?? new Fault(`${name} must be an ISO 8601 date and time with Z or an offset`);
}

/** The name of a time zone in the IANA database, in any letter case. */
export function TimeZone(options: FieldOptions = {}): PropertyDecorator {
  return field((sent, name) => readTimeZone(sent, name), options, { type: String });
}

function readTimeZone(sent: unknown, name: string): ZoneId | Fault {
  const zone = typeof sent === 'string' ? findTimeZone(sent.trim()) : null;
  return zone ?? new Fault(`${name} must be an IANA time zone such as Europe/Berlin`);
}

/** The key of something; whether it exists is not the field's business. */
export function Key(options: FieldOptions = {}): PropertyDecorator {
  return field(
    (sent, name) => {
      if (typeof sent !== 'string' || sent.trim() === '')
        return new Fault(`${name} must be a non-empty string`);
      return sent.trim();
    },
    options,
    { type: String },
  );
}

/** Answers keyed by the question's id; what each must be is the event type's business. */
export function AnswerMap(options: FieldOptions = {}): PropertyDecorator {
  return field(
    (sent, name) =>
      typeof sent === 'object' && !Array.isArray(sent) ? sent : new Fault(`${name} must be an object`),
    options,
    { type: Object, additionalProperties: true },
  );
}

// ---- fields of queries: always optional unless said, empty counts as absent, given twice is a fault --------------------------------

function parameter(
  read: (sent: string, name: string) => unknown,
  options: FieldOptions,
  schema: ApiPropertyOptions,
): PropertyDecorator {
  const { optional = true } = options;
  return field(
    (sent, name) => {
      if (typeof sent !== 'string') return new Fault(`${name} must be given once`);
      const text = tidyText(sent);
      if (text === '') return optional ? undefined : new Fault(`${name} is required`);
      return read(text, name);
    },
    { ...options, optional },
    schema,
  );
}

/** A whole number from 1 to `max`; refused rather than clamped. */
export function WholeParameter(options: {
  max: number;
  standard: number;
  description?: string;
}): PropertyDecorator {
  return parameter(
    (sent, name) => {
      const number = /^[0-9]{1,9}$/.test(sent) ? Number(sent) : 0;
      if (number >= 1 && number <= options.max) return number;
      return new Fault(`${name} must be a whole number from 1 to ${options.max}`);
    },
    options,
    { type: 'integer', minimum: 1, maximum: options.max, default: options.standard },
  );
}

/** One of a few words, in any letter case; reads as the word spelled as listed. */
export function WordParameter(
  words: readonly string[],
  options: FieldOptions & { standard?: string } = {},
): PropertyDecorator {
  return parameter(
    (sent, name) =>
      words.find((word) => word.toLowerCase() === sent.toLowerCase()) ??
      new Fault(`${name} must be one of ${words.join(', ')}`),
    options,
    { type: String, enum: [...words], ...(options.standard !== undefined && { default: options.standard }) },
  );
}

/** `true` or `false`, in any letter case. */
export function FlagParameter(options: FieldOptions & { standard: boolean }): PropertyDecorator {
  return parameter(
    (sent, name) => {
      const word = sent.toLowerCase();
      return word === 'true' || word === 'false'
        ? word === 'true'
        : new Fault(`${name} must be true or false`);
    },
    options,
    { type: Boolean, default: options.standard },
  );
}

export function TextParameter(options: FieldOptions & { max: number }): PropertyDecorator {
  return parameter(
    (sent, name) => {
      const fault = faultOfText(sent, options.max, 'one line');
      return fault ? new Fault(`${name} ${fault}`) : sent;
    },
    options,
    { type: String, maxLength: options.max },
  );
}

/** A calendar date, `YYYY-MM-DD`. */
export function DateParameter(options: FieldOptions = {}): PropertyDecorator {
  return parameter(
    (sent, name) => parseDate(sent) ?? new Fault(`${name} must be a date such as 2026-02-15`),
    options,
    { type: String, format: 'date' },
  );
}

/** A calendar date or an instant: one end of a stretch of time. */
export function DateOrMomentParameter(options: FieldOptions = {}): PropertyDecorator {
  return parameter(
    (sent, name): LocalDate | Instant | Fault =>
      parseDate(sent) ??
      parseInstant(sent) ??
      new Fault(`${name} must be a date such as 2026-02-15, or a date and time with Z or an offset`),
    options,
    { type: String },
  );
}

export function MomentParameter(options: FieldOptions = {}): PropertyDecorator {
  return parameter((sent, name) => readMoment(sent, name), options, { type: String, format: 'date-time' });
}

export function TimeZoneParameter(options: FieldOptions = {}): PropertyDecorator {
  return parameter((sent, name) => readTimeZone(sent, name), options, { type: String });
}

export function KeyParameter(options: FieldOptions = {}): PropertyDecorator {
  return parameter((sent) => sent, options, { type: String });
}
