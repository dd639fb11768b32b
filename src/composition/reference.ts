import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { BaseUrl } from '../platform/http/base-url.js';
import { serveSwaggerUi } from '../platform/http/swagger-ui.js';
import { packageRoot } from './package.js';

/**
 * Serves the API's reference: `/openapi.json`, `/openapi.yaml`, the same as 3.0 for older generators, and `/docs` to try it. Nothing
 * is read before it is asked for.
 */
export function serveReference(server: FastifyInstance, baseUrl: BaseUrl): void {
  const read = async (file: string): Promise<object> => ({
    ...(JSON.parse(await readFile(join(packageRoot, 'openapi', file), 'utf8')) as object),
    servers: [{ url: baseUrl.value }],
  });
  server.get('/openapi.json', () => read('openapi.json'));
  server.get('/openapi-3.0.json', () => read('openapi-3.0.json'));
  server.get('/openapi.yaml', async (_, reply) => {
    const [{ stringify }, document] = await Promise.all([import('yaml'), read('openapi.json')]);
    return reply.type('application/yaml; charset=utf-8').send(stringify(document));
  });
  server.get('/', (_, reply) => reply.redirect('docs'));
  serveSwaggerUi(server, 'LinkTime API');
}
