import type { CustomFetch } from 'openid-client';
import { CalendarUnavailable } from '../domain/errors.js';
import { retryAfterOf, type CalendarRequests } from './calendar-requests.js';

const MAX_BYTES = 200_000;
const TIMEOUT_MS = 15_000;

/**
 * Requests of `openid-client` by our own way out: bounded, and only to where it may lead. Throws `CalendarUnreadable`, or
 * `CalendarUnavailable` also for an answer that says to come again.
 */
export function openIdFetch(requests: CalendarRequests): CustomFetch {
  return async (url, { method, headers, body, signal = AbortSignal.timeout(TIMEOUT_MS) }) => {
    const answer = await requests.ask(url, {
      method,
      headers,
      body: body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : null,
      maxBytes: MAX_BYTES,
      signal,
    });
    const { status } = answer;
    if (status === 429 || status >= 500)
      throw new CalendarUnavailable(`The provider answered ${status}`, retryAfterOf(answer, Date.now()));
    const type = answer.headers['content-type'];
    return new Response(answer.body || null, { status, headers: type ? { 'content-type': type } : {} });
  };
}
