import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { stringify } from 'yaml';
import type { BaseUrl } from '../platform/http/base-url.js';
import { packageRoot } from './package.js';

/** Serves the API's reference: `/openapi.json`, `/openapi.yaml`, the same as 3.0 for older generators, and `/docs` to try it. */
export async function serveReference(
  app: INestApplication,
  server: FastifyInstance,
  baseUrl: BaseUrl,
): Promise<void> {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(packageRoot, 'openapi', file), 'utf8'));
  const document = read('openapi.json') as Record<string, unknown>;
  const older = read('openapi-3.0.json') as Record<string, unknown>;
  const here = (of: Record<string, unknown>) => ({ ...of, servers: [{ url: baseUrl.value }] });

  server.get('/openapi.json', async () => here(document));
  server.get('/openapi-3.0.json', async () => here(older));
  server.get('/openapi.yaml', async (_, reply) =>
    reply.type('application/yaml; charset=utf-8').send(stringify(here(document))),
  );
  server.get('/', async (_, reply) => reply.redirect('/docs'));

  const { SwaggerModule } = await import('@nestjs/swagger');
  SwaggerModule.setup('docs', app, () => here(document) as never, {
    customSiteTitle: 'LinkTime API',
    raw: false,
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
