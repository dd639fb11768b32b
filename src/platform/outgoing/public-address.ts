import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** In ranges that are public, and yet inside: Azure's machine agent, which every virtual machine there reaches. */
const INSIDE = new Set(['168.63.129.16']);

/** All that IANA gives out as global unicast; outside of it no host is on the internet (RFC 4291, 2.4). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Where networks without IPv4 find the IPv4 internet: the address is in the last 32 bits (RFC 6052, 2.1). */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Never routed (RFC 4291, 2.5.5.1), and taken by ipaddr.js for a mapped address when spelt like this. */
const IPV4_COMPATIBLE = /^::\d+\./;

/**
 * Whether an IP address, in its usual spelling, is that of a host on the internet; false for whatever is no IP address. IPv4 in
 * IPv6 clothes is judged as the IPv4 address where that is reached (mapped, NAT64), and refused where it is a tunnel (6to4, Teredo,
 * IPv4-compatible) or where the network alone knows what it means (64:ff9b:1::/48, RFC 8215).
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0 || IPV4_COMPATIBLE.test(text)) return false;
  const address = ipaddr.process(text);
  return address instanceof ipaddr.IPv6 ? isPublicIPv6(address) : isPublicIPv4(address);
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !INSIDE.has(address.toString());
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  if (address.match(NAT64)) return isPublicIPv4(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}

/** The host is, or its name leads to, an address that may not be reached. Nothing was sent. */
export class AddressRefused extends Error {
  constructor(
    /** False if a connection was made before it showed. */
    public readonly beforeConnecting: boolean,
  ) {
    super('The address is private');
  }
}
