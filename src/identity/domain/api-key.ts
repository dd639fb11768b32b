import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Instant } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { faultOfText, textLimits, tidyText } from '../../kernel/text.js';
import type { Plan } from './plan.js';

const PREFIX = 'lt_live_';
const DISPLAYED = PREFIX.length + 4;
const SECRET = 43; // base62 characters that 256 bits take
const CHECKSUM = 6; // and that 32 bits take
const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET + CHECKSUM}}$`);

/** A new key's text: `lt_live_`, 256 random bits, and a checksum by which a mistyped key is known without a look-up. */
export function makeKeyText(random: Uint8Array): string {
  if (random.length !== 32) throw new RangeError('A key is made of 32 random bytes');
  const secret = base62(BigInt(`0x${Buffer.from(random).toString('hex')}`));
  return `${PREFIX}${secret}${checksumOf(PREFIX + secret)}`;
}

/** Whether a text can be a key at all: its prefix, length, alphabet and checksum. */
export function isKeyText(text: string): boolean {
  return SHAPE.test(text) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM)));
}

/** What is stored of a key: its SHA-256. A fast hash is enough for 256 random bits. */
export function hashOfKey(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** The CRC-32 in base62, by plain numbers: every request bears one. */
function checksumOf(text: string): string {
  let checksum = '';
  for (let rest = crc32(text); checksum.length < CHECKSUM; rest = Math.floor(rest / 62))
    checksum = BASE_62[rest % 62] + checksum;
  return checksum;
}

function base62(value: bigint): string {
  let text = '';
  for (let rest = value; text.length < SECRET; rest /= 62n) text = BASE_62[Number(rest % 62n)] + text;
  return text;
}

/** What a client is told whose key is not accepted. Whether a key was revoked or never existed is not for him to know. */
export const keyRefusals = {
  invalid: 'Invalid API key',
  expired: 'API key has expired',
  inactive: 'API key is inactive',
} as const;

/** Why an issued key is not accepted now, given the plan that now holds for its owner; null if it is. */
export function refusalOf(
  key: Pick<ApiKeyState, 'expiresAt' | 'revokedAt'>,
  ownersEffectivePlan: Plan,
  now: Instant,
): string | null {
  if (key.revokedAt) return keyRefusals.invalid;
  if (key.expiresAt && !now.isBefore(key.expiresAt)) return keyRefusals.expired;
  if (ownersEffectivePlan === 'FREE') return keyRefusals.inactive;
  return null;
}

export interface ApiKeyState {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  /** The first characters of the key, by which its owner recognises it. */
  readonly prefix: string;
  readonly hash: Buffer;
  readonly createdAt: Instant;
  /** From this instant on the key is not accepted; null if it never expires. */
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** A key that acts for its owner, from its issue until it expires or is revoked. Its text is not kept. */
export class ApiKey {
  private constructor(private current: ApiKeyState) {}

  static of(state: ApiKeyState): ApiKey {
    return new ApiKey(state);
  }

  /** Throws `InvalidData` unless the name is one line and the expiry, if any, is still to come. */
  static issue(
    text: string,
    details: Pick<ApiKeyState, 'id' | 'ownerId' | 'name' | 'expiresAt'>,
    at: Instant,
  ): ApiKey {
    const name = tidyText(details.name);
    const faults: Record<string, string> = {};
    const faultOfName = name === '' ? 'is required' : faultOfText(name, textLimits.name, 'one line');
    if (faultOfName) faults['name'] = `name ${faultOfName}`;
    if (details.expiresAt && !details.expiresAt.isAfter(at))
      faults['expiresAt'] = 'expiresAt must be in the future';
    if (Object.keys(faults).length > 0) throw new InvalidData(faults);

    return new ApiKey({
      ...details,
      name,
      prefix: text.slice(0, DISPLAYED),
      hash: hashOfKey(text),
      createdAt: at,
      revokedAt: null,
    });
  }

  get state(): ApiKeyState {
    return this.current;
  }

  /** For good: a key revoked again stays revoked since the first time. */
  revoke(at: Instant): void {
    if (this.current.revokedAt) return;
    this.current = { ...this.current, revokedAt: at };
  }
}
