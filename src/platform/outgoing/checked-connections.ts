import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { Resolve } from './names.js';
import { AddressRefused } from './public-address.js';

export interface CheckedConnections {
  /** Whether an IP address may be connected to. */
  mayReach: (address: string) => boolean;
  resolve: Resolve;
  /** Limit for name, connection and TLS handshake together. */
  timeoutMs: number;
  /** Certificate authorities (PEM) believed in place of Node's own. */
  ca?: string;
}

/**
 * Connects to addresses that were checked, and to no others: a name is resolved once and all its addresses are checked, so that no
 * second answer of its name server counts; one bad address refuses all. An IP address for a host is not resolved and therefore
 * checked by itself. What the socket says of its other end has the last word.
 */
export function checkedConnector({ mayReach, resolve, timeoutMs, ca }: CheckedConnections) {
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: checkedLookup(resolve, mayReach),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1_000,
    rejectUnauthorized: true,
    ca,
  });

  const connector: buildConnector.connector = (target, done) => {
    if (isIP(target.hostname) && !mayReach(target.hostname)) throw new AddressRefused(true);
    connect(target, (...[error, socket]) => {
      if (error) return done(error, null);
      if (mayReach(socket.remoteAddress ?? '')) return done(null, socket);
      socket.destroy();
      done(new AddressRefused(false), null);
    });
  };
  return connector;
}

/** Node asks with `all` set when it may choose among addresses, as it may here. */
function checkedLookup(resolve: Resolve, mayReach: (address: string) => boolean): LookupFunction {
  return (name, _options, found) => {
    resolve(name).then(
      (addresses) =>
        addresses.every(mayReach)
          ? found(
              null,
              addresses.map((address) => ({ address, family: isIP(address) })),
            )
          : found(new AddressRefused(true), []),
      (error: Error) => found(error, []),
    );
  };
}
