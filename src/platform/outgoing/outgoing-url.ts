import { isIP } from 'node:net';
import { parseUrl } from '../../kernel/url.js';
import { isPublicAddress } from './public-address.js';

/** What may be asked. */
export interface OutgoingRules {
  /** Whether private addresses, http and every port are fine too, for development. */
  allowPrivate: boolean;
  /** Ports that may be asked where private addresses may not. */
  ports?: readonly number[];
}

/** The longest URL that is asked, in characters. */
const LONGEST_URL = 2_048;

const USUAL_PORTS = [443, 8443];

/** Last labels of names that are no names of the internet (RFC 6761, 6762 with its appendix G, 7686, 8375; ICANN for internal). */
const INSIDE_NAMES = new Set('localhost local internal intranet private corp home lan arpa onion'.split(' '));

/**
 * Why this URL cannot be asked, as a sentence about the field that holds it; null if it can, as far as can be told without
 * resolving its name. Spaces and control characters are refused, since parsers drop some of them silently.
 */
export function faultOfUrl(text: string, rules: OutgoingRules): string | null {
  if (text.length > LONGEST_URL) return `The URL is longer than ${LONGEST_URL} characters`;
  const url = /[\s\p{Cc}]/u.test(text) ? null : parseUrl(text);
  if (!url) return 'Invalid URL';
  if (!['http:', 'https:'].includes(url.protocol)) return 'Only https URLs can be used';
  if (url.username || url.password) return 'A URL with a user name or password cannot be used';
  return rules.allowPrivate ? null : faultOfPublicUrl(url, rules.ports ?? USUAL_PORTS);
}

/** The host of a URL as sockets want it: an IPv6 address without its brackets. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function faultOfPublicUrl(url: URL, ports: readonly number[]): string | null {
  if (url.protocol !== 'https:') return 'Only https URLs can be used';
  if (!ports.includes(Number(url.port || 443))) return `Only ports ${ports.join(' and ')} can be used`;
  const host = bareHost(url.hostname);
  if (isIP(host)) return isPublicAddress(host) ? null : 'The address is private';
  const labels = host.split('.');
  if (labels.at(-1) === '') return 'A host name that ends with a dot cannot be used';
  if (INSIDE_NAMES.has(labels.at(-1)!)) return 'The address is private';
  return labels.length > 1 ? null : 'The host has to be a full name, such as hooks.example.com';
}
