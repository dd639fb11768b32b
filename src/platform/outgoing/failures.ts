import { TookTooLong } from '../within.js';
import { NameNotResolved } from './names.js';
import { AddressRefused } from './public-address.js';

export const CLOSED_EARLY = 'The connection was closed before the answer was complete';

/** By code (or name) and message of what undici or Node throws; the first that fits. */
const SENTENCES: [kind: RegExp, sentence: (code: string) => string][] = [
  [/^UND_ERR_HEADERS_OVERFLOW /, () => 'The headers of the answer are too long'],
  [
    /^(HTTPParserError|HPE_|ERR_ASSERTION|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_SOCKET bad )/,
    () => 'The answer is not valid HTTP',
  ],
  [/^\w*CERT|^UNABLE_TO_|^INVALID_/, (code) => `The certificate is not valid: ${code}`],
  [/^(ERR_SSL_|EPROTO )/, (code) => `Could not agree on TLS: ${code}`],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET) /, () => CLOSED_EARLY],
  [/^E[A-Z]+ /, (code) => `Could not connect: ${code}`],
];

/** Why a request was not answered, in one sentence. The limits are those it was made under, in milliseconds. */
export function reasonOf(error: unknown, limits: { timeoutMs: number; connectTimeoutMs: number }): string {
  if (error instanceof AddressRefused || error instanceof NameNotResolved) return error.message;
  const { name, message, code = name } = error as NodeJS.ErrnoException;
  if (error instanceof TookTooLong || name === 'TimeoutError')
    return `No answer within ${limits.timeoutMs / 1_000} s`;
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return `Could not connect within ${limits.connectTimeoutMs / 1_000} s`;
  const sentence = SENTENCES.find(([kind]) => kind.test(`${code} ${message}`))?.[1];
  return sentence?.(code) ?? `The request failed: ${code}`;
}
