import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { CalendarAccount } from '../ports.js';
import { jsonOf, type AccountRequest, type AccountRequests } from './account-requests.js';
import { retryAfterOf, type CalendarAnswer } from './calendar-requests.js';

export interface GoogleQuestion {
  readonly method?: AccountRequest['method'];
  /** Below the API's address; what stands between the slashes is encoded. */
  readonly path: readonly string[];
  /** What is null is left out. */
  readonly query?: Readonly<Record<string, string | null>>;
  readonly body?: unknown;
}

/** Why Google refuses with 403 what it would not refuse later (Calendar API, "Handle API errors"). */
const LIMITS = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'quotaExceeded',
  'calendarUsageLimitsExceeded',
]);

/** Requests of one call to Google's Calendar API v3: in one account's name, and all within one limit of time. */
export class GoogleSession {
  constructor(
    private readonly requests: AccountRequests,
    private readonly account: CalendarAccount,
    private readonly api: { readonly url: string; readonly clock: Clock },
    private readonly signal: AbortSignal,
  ) {}

  /** An answer of whichever status but 401. Throws the port's errors. */
  async ask({ method, path, query = {}, body }: GoogleQuestion): Promise<CalendarAnswer> {
    const url = new URL(`${this.api.url}/${path.map(encoded).join('/')}`);
    for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
    return this.requests.ask(this.account, url.href, { method, body, signal: this.signal });
  }

  /** What a successful answer holds. Throws the port's errors: `CalendarUnreadable` too if it is not what was to be expected. */
  read<T>(answer: CalendarAnswer, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.accept(answer));
    if (!parsed.success) throw new CalendarUnreadable('Google answered something that is no calendar');
    return parsed.data;
  }

  /** The JSON of a successful answer; null if it has none. Throws what any other means. */
  accept(answer: CalendarAnswer): unknown {
    if (answer.status === 403 && reasonsOf(answer).some((reason) => LIMITS.has(reason)))
      throw new CalendarUnavailable(
        'Google has been asked too much for now',
        retryAfterOf(answer, this.api.clock.now().toEpochMilli()),
      );
    return jsonOf(answer, this.api.clock);
  }
}

/** A text from Google that may be stored and sent back: well-formed, and without control characters. */
export function plainText(longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u);
}

const refusal = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })) }) });

function reasonsOf({ body }: CalendarAnswer): string[] {
  try {
    return refusal.parse(JSON.parse(body)).error.errors.map(({ reason }) => reason);
  } catch {
    return [];
  }
}

function encoded(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}
