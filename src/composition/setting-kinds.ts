import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseUrl } from '../kernel/url.js';

/** A setting whose text `read` turns into its value, or into null if it is not what was expected. */
export function setting<Value>(expected: string, read: (text: string) => Value | null) {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: `must be ${expected}` });
    return z.NEVER;
  });
}

/** Digits only, `least` to `most`, both included. */
export function wholeNumber(least: number, most: number) {
  return setting(`a whole number from ${least} to ${most}`, (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return number >= least && number <= most ? number : null;
  });
}

/** What another program gave out to be handed back as it is: at most 300 characters without spaces. */
export function readWord(text: string): string | null {
  return /^[\x21-\x7e]{1,300}$/.test(text) ? text : null;
}

/** 256 bits as base64url, as `openssl rand -base64 32 | tr '+/' '-_' | tr -d =` makes them. */
export function readKey(text: string): string | null {
  return /^[\w-]{43}=?$/.test(text) && Buffer.from(text, 'base64url').length === 32 ? text : null;
}

/** `true`, `false`, `1` or `0`. */
export function flag() {
  const meanings = new Map([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]);
  return setting('true or false', (text) => meanings.get(text.toLowerCase()) ?? null);
}

/** One of some words, compared after `tidy`. */
export function oneOf<const Word extends string>(words: readonly Word[], tidy: (text: string) => string) {
  return setting(`one of ${words.join(', ')}`, (text) => words.find((word) => word === tidy(text)) ?? null);
}

/** A URL of one of the schemes. What is wrong with it is told without it: it may bear a password. */
export function url(...schemes: string[]) {
  return setting(`a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`, (text) =>
    schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`)) && parseUrl(text) ? text : null,
  );
}

/** An http or https URL without anything after its path, and without a slash at its end. */
export function readBaseUrl(text: string): string | null {
  const url = parseUrl(text);
  if (!url) return null;
  const { protocol, origin, pathname, username, password, search, hash } = url;
  const isPlain = /^https?:$/.test(protocol) && !username && !password && !search && !hash;
  return isPlain ? `${origin}${pathname}`.replace(/\/+$/, '') : null;
}

export function readHost(text: string): string | null {
  return isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) ? text : null;
}

/** `name@example.com` or `Name <name@example.com>`, on one line. */
export function readSender(text: string): string | null {
  return /^(?:[^<>@\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text) ? text : null;
}

/** Addresses and networks in CIDR notation, with commas between; none that is the whole world. */
export function readNetworks(text: string): string[] | null {
  const networks = text.split(',').map((network) => network.trim());
  return networks.every(isNetwork) ? networks : null;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/', 2);
  if (!isIP(address)) return false;
  return prefix === undefined || (Number(prefix) > 0 && ipaddr.isValidCIDR(text));
}
