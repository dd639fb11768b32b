import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ApiBearerAuth } from './described.js';
import type { KeyOwner } from './key-owner.js';

/** Who may call a route, and which limit counts the calls. */
export type Access = 'api key' | 'public booking' | 'secret address' | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** For whom the request acts, once its key is proven. */
    keyOwner: KeyOwner | null;
    /** Takes back what the request spent of a limit. */
    refundLimit: (() => Promise<void>) | null;
    /** Has a wrong secret in the address counted; throws a refusal once there were too many. */
    countWrongGuess: (() => Promise<void>) | null;
  }
}

/** Says who may call this route. A route that does not say is open to nobody and stops the server from starting. */
export function AccessBy(access: Access): MethodDecorator {
  const documented = access === 'api key' ? [ApiBearerAuth('bearerAuth')] : [];
  return applyDecorators(RouteConfig({ access }), ...documented);
}

/** The id of the owner for whom the request acts. */
export const OwnerId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { keyOwner } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!keyOwner) throw new Error('This route is not behind an API key');
  return keyOwner.ownerId;
});
