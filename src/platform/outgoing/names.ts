import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name, those to be tried first in front. Throws `NameNotResolved`. */
export type Resolve = (name: string) => Promise<string[]>;

/** Where the name leads cannot be told; `code` is the resolver's. */
export class NameNotResolved extends Error {
  constructor(public readonly code: string) {
    super(`The name could not be resolved: ${code}`);
  }
}

/**
 * Asks name servers, the system's own if none are given, and knows nothing of the system's hosts file. A name server that never
 * answers (it is asked twice, and has `timeoutMs` and then twice that) costs nothing but patience, where the system's own lookup
 * would keep one of the few threads that all file access shares.
 */
export function overDns(servers?: readonly string[], timeoutMs = 1_500): Resolve {
  return async (name) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
    if (servers) resolver.setServers(servers);
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    throw new NameNotResolved(answers.map(codeOf).find((code) => code !== 'ENODATA') ?? 'ENODATA');
  };
}

/** Asks the system, which also knows its hosts file and the names of containers beside this one. */
export const bySystem: Resolve = async (name) => {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new NameNotResolved((error as NodeJS.ErrnoException).code ?? 'ENOTFOUND');
  }
};

function codeOf(answer: PromiseSettledResult<string[]>): string {
  return answer.status === 'rejected' ? (answer.reason as NodeJS.ErrnoException).code! : 'ENODATA';
}
