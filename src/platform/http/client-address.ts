import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

const counted = new LRUCache<string, string>({ max: 1_000 });

/**
 * The address by which a client is counted: IPv4 whole, IPv6 by its /64, which is what one subscriber has at his disposal
 * (RFC 6177); IPv4 in IPv6 clothes (RFC 4291, 2.5.5.2) as IPv4.
 */
export function countedAddress(ip: string): string {
  const known = counted.get(ip);
  if (known !== undefined) return known;
  const address = addressOf(ip);
  counted.set(ip, address);
  return address;
}

function addressOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return `${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
