import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InvalidData } from '../../kernel/domain-error.js';
import { answerTo } from '../../platform/http/answers.js';
import {
  AuthorizationDenied,
  AuthorizationUnknown,
  isCalendarFault,
  SignInNotConfigured,
} from '../domain/errors.js';
import type { CalendarReads } from '../reads/calendar-reads.js';
import type { CompleteAuthorization } from '../use-cases/complete-authorization.js';
import type { Page } from './page.js';

const AGAIN = 'To try again, begin anew where you began: an address to sign in with is good for once.';

/**
 * Where providers send owners back to: `GET /calendars/callback`. It answers a page for people. What they came with is used once, and
 * so nothing but a GET, as a browser makes it, is taken for their coming back.
 */
export function serveCallback(
  server: FastifyInstance,
  completeAuthorization: CompleteAuthorization,
  reads: CalendarReads,
): void {
  const complete = async (request: FastifyRequest): Promise<Page> => {
    const query = request.url.split('?')[1] ?? '';
    const [state = null, ...more] = new URLSearchParams(query).getAll('state');
    if (more.length > 0) throw new AuthorizationUnknown();
    const { account, ownerId } = await completeAuthorization.execute({ state, query });
    return connected(account, (await reads.ownerEmail(ownerId)) ?? 'nobody');
  };

  server.get('/calendars/callback', { exposeHeadRoute: false }, async (request, reply) => {
    try {
      return await send(reply, 200, await complete(request));
    } catch (error) {
      const refused = refusal(error);
      if (refused) return send(reply, refused.status, refused.page);
      const status = answerTo(error)?.status ?? 500;
      if (status >= 500) request.log.error({ reqId: request.id, err: error }, 'a sign-in failed');
      return send(reply, status, failed('Something went wrong', 'LinkTime could not finish the sign-in.'));
    }
  });
}

function connected(account: string, owner: string): Page {
  return {
    title: 'Your calendars are connected',
    paragraphs: [
      `The account ${account} now belongs to ${owner} in LinkTime. What is in its calendars is read within a few minutes.`,
      'You can close this page.',
    ],
  };
}

function failed(title: string, ...paragraphs: string[]): Page {
  return { title, paragraphs: [...paragraphs, 'Nothing was connected.', AGAIN] };
}

/** What went wrong and is foreseen. */
function refusal(error: unknown): { status: number; page: Page } | null {
  if (error instanceof AuthorizationUnknown) {
    const title = 'This sign-in is over';
    const why = `${error.message}.`;
    const list = 'If your account is connected already, "linktime calendars list" shows it.';
    return { status: 404, page: { title, paragraphs: [why, list, AGAIN] } };
  }
  if (error instanceof AuthorizationDenied)
    return { status: 403, page: failed('Access was not allowed', `${error.message}.`) };
  if (error instanceof SignInNotConfigured)
    return { status: 409, page: failed('LinkTime is not set up for this', `${error.message}.`) };
  if (error instanceof InvalidData) {
    const faults = Object.values(error.details).map((fault) => `${fault}.`);
    return { status: 400, page: failed('The calendars you named are not there', ...faults) };
  }
  if (isCalendarFault(error))
    return { status: 502, page: failed('The account could not be opened', `${error.message}.`) };
  return null;
}

async function send(reply: FastifyReply, status: number, page: Page): Promise<FastifyReply> {
  const { PAGE_POLICY, pageText } = await import('./page.js');
  return reply
    .code(status)
    .headers({
      'Content-Security-Policy': PAGE_POLICY,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    })
    .type('text/html; charset=utf-8')
    .send(pageText(page));
}
