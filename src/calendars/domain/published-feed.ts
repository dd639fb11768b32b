import { hash } from 'node:crypto';
import { Duration, type Instant } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';

/** 256 random bits as base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const NOTED_EVERY = Duration.ofMinutes(1);
const BEHIND = Duration.ofDays(30);
const AHEAD = Duration.ofDays(730);

/** By which an owner shows his bookings to calendars elsewhere. Whoever has its address may read it. */
export interface PublishedFeed {
  readonly ownerId: string;
  /** SHA-256 of the secret in its address, which itself is not kept. */
  readonly tokenHash: Buffer;
  readonly publishedAt: Instant;
  /** Noted at most once a minute; null if it was never read. */
  readonly lastReadAt: Instant | null;
}

/** Where a feed is read. `baseUrl` has no slash at its end. */
export function feedAddress(baseUrl: string, token: string): string {
  return `${baseUrl}/calendars/feeds/${token}.ics`;
}

/** The secret in the last part of a feed's address; null if that can be none. */
export function tokenIn(file: string): string | null {
  const token = file.endsWith('.ics') ? file.slice(0, -'.ics'.length) : '';
  return TOKEN.test(token) ? token : null;
}

/** A fast hash is enough for 256 random bits. */
export function hashOfToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Whether a feed that is read now has that noted. */
export function isReadingNoted({ lastReadAt }: PublishedFeed, now: Instant): boolean {
  return lastReadAt === null || !now.isBefore(lastReadAt.plus(NOTED_EVERY));
}

/** Of which stretch of time a feed tells: 30 days back, and as far ahead as can be booked. */
export function toldStretch(now: Instant): Interval {
  return { start: now.minus(BEHIND), end: now.plus(AHEAD) };
}
