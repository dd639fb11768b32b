import type { Clock } from '../../kernel/clock.js';
import { parseUrl } from '../../kernel/url.js';
import { CalendarUnreadable } from '../domain/errors.js';
import type { CalendarAccount } from '../ports.js';
import { jsonOf, type AccountRequest, type AccountRequests } from './account-requests.js';
import type { CalendarAnswer } from './calendar-requests.js';
import { fieldsOf, textIn, type Fields } from './graph-fields.js';

/** One page of a collection. */
export interface GraphPage {
  readonly items: readonly unknown[];
  /** Where the next page is; null after the last. */
  readonly next: string | null;
  /** Where the changes from now on are, on the last page of a delta round. */
  readonly delta: string | null;
}

/** Times in UTC whatever the owner has set, and bodies without their markup, which is most of an answer. */
const PREFERENCES = ['outlook.timezone="UTC"', 'outlook.body-content-type="text"'];

const LONGEST_LINK = 20_000;

/** Requests to Microsoft Graph in an owner's name, all of which end by one signal. Throws the port's errors. */
export class GraphSession {
  constructor(
    private readonly requests: AccountRequests,
    private readonly account: CalendarAccount,
    /** With its version and no slash at its end, such as `https://graph.microsoft.com/v1.0`. */
    private readonly apiUrl: string,
    readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** The answer of whichever status to a path of the API, or to a link that `ownLink` let pass. */
  async ask(
    path: string,
    { headers, ...request }: Pick<AccountRequest, 'method' | 'body' | 'headers'> = {},
  ): Promise<CalendarAnswer> {
    return this.requests.ask(this.account, path.startsWith('/') ? this.apiUrl + path : path, {
      ...request,
      headers: { prefer: PREFERENCES.join(', '), ...headers },
      signal: this.signal,
    });
  }

  /** As `ask`, where the API gives pages of at most so many. */
  async askPage(path: string, most: number): Promise<CalendarAnswer> {
    return this.ask(path, {
      headers: { prefer: [...PREFERENCES, `odata.maxpagesize=${most}`].join(', ') },
    });
  }

  /** What an answer holds. Throws what a status that is no success means. */
  fields(answer: CalendarAnswer): Fields {
    return fieldsOf(jsonOf(answer, this.clock)) ?? {};
  }

  /** The page that an answer is. */
  page(answer: CalendarAnswer): GraphPage {
    const fields = this.fields(answer);
    if (!Array.isArray(fields['value'])) throw new CalendarUnreadable('The provider answered no list');
    return {
      items: fields['value'],
      next: this.ownLink(textIn(fields, '@odata.nextLink', LONGEST_LINK)),
      delta: this.ownLink(textIn(fields, '@odata.deltaLink', LONGEST_LINK)),
    };
  }

  /** All items of a collection, page after page. */
  async *all(path: string, mostPages: number): AsyncGenerator<unknown, void> {
    let next: string | null = path;
    for (let pages = 0; next !== null; pages += 1) {
      if (pages === mostPages) throw new CalendarUnreadable("The provider's list has no end");
      const page: GraphPage = this.page(await this.ask(next));
      yield* page.items;
      next = page.next;
    }
  }

  /** Whether a link leads into this API; what else it leads to is not to see the owner's token. */
  isOwn(link: string): boolean {
    const url = parseUrl(link);
    const { origin, pathname } = new URL(this.apiUrl);
    return url?.origin === origin && url.pathname.startsWith(`${pathname.replace(/\/$/, '')}/`);
  }

  private ownLink(link: string | null): string | null {
    if (link !== null && !this.isOwn(link))
      throw new CalendarUnreadable('The provider leads to another server');
    return link;
  }
}
