import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../platform/http/answers.js';
import { parseJsonBody } from '../../platform/http/json-body.js';
import type { HearOfChange } from '../use-cases/hear-of-change.js';

/** Enough for the hundred notices that Microsoft sends at once, in bytes. */
const LARGEST_BODY = 100_000;

interface Push {
  Params: { connectionId: string };
  Querystring: { validationToken?: unknown };
}

/**
 * Where providers tell of changes: `POST /calendars/push/:connectionId`. What is told bears no content, only the secret by which it is
 * believed; whoever has it not learns nothing.
 * https://developers.google.com/workspace/calendar/api/guides/push and
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export function servePush(server: FastifyInstance, hearOfChange: HearOfChange): void {
  void server.register(async (scope) => {
    // Whatever the body is called: Google names none, or one that no parser knows, and Microsoft asks first with plain text.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    scope.post<Push>('/calendars/push/:connectionId', { bodyLimit: LARGEST_BODY }, async (request, reply) => {
      const token = request.query.validationToken;
      if (token !== undefined) {
        void reply.header('Content-Security-Policy', "default-src 'none'").type('text/plain; charset=utf-8');
        return validated(token);
      }
      const { connectionId } = request.params;
      const isBelieved = await hearOfChange.execute({ connectionId, secrets: secretsOf(request) });
      if (!isBelieved) throw Refusal.of(404, 'Not found');
      return reply.code(202).send();
    });
  });
}

/** Microsoft asks whether it is really us who want to be told, and takes its own words for an answer. */
function validated(token: unknown): string {
  if (typeof token === 'string' && token.length <= 1_024) return token;
  throw Refusal.of(400, 'Invalid request');
}

function secretsOf({ headers, body }: FastifyRequest): string[] {
  const token = headers['x-goog-channel-token'];
  if (token !== undefined) return [token].flat();
  const { value } = Object(parsed(body)) as { value?: unknown };
  if (!Array.isArray(value)) return [];
  return value.map((notice) => {
    const { clientState } = Object(notice) as { clientState?: unknown };
    return typeof clientState === 'string' ? clientState : '';
  });
}

/** Undefined for what is no JSON. */
function parsed(body: unknown): unknown {
  try {
    return Buffer.isBuffer(body) ? parseJsonBody(body) : undefined;
  } catch {
    return undefined;
  }
}
