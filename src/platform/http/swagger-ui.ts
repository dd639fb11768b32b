import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What of Swagger UI is served, and as what. */
const FILES = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

// Icons are data URLs in the style sheet; beyond that, nothing but this origin is run, shown or asked.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Swagger UI at `/docs`, for the document at `/openapi.json`: to read the API and to try it with a key that the browser keeps. It
 * asks the very origin that it was loaded from, whatever its name there, and no other. Nothing is read before it is asked for.
 */
export function serveSwaggerUi(server: FastifyInstance, title: string): void {
  server.get('/docs', (_, reply) => send(reply, 'text/html; charset=utf-8', page(title)));
  server.get('/docs/', (_, reply) => reply.redirect('../docs'));
  server.get('/docs/start.js', (_, reply) => send(reply, 'text/javascript; charset=utf-8', START));
  for (const [file, type] of Object.entries(FILES)) {
    server.get(`/docs/${file}`, async (_, reply) => {
      reply.header('Cache-Control', 'public, max-age=3600');
      return send(reply, type, await readFile(join(folder(), file)));
    });
  }
}

function send(reply: FastifyReply, type: string, body: string | Buffer): FastifyReply {
  return reply.header('Content-Security-Policy', POLICY).type(type).send(body);
}

function folder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

// Links are relative, so that the page also works below a path of a reverse proxy.
const page = (title: string) => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <script defer src="docs/swagger-ui-bundle.js"></script>
    <script type="module" src="docs/start.js"></script>
  </head>
  <body>
    <main id="reference"></main>
    <noscript>This page needs JavaScript. The same is at <a href="openapi.json">openapi.json</a>.</noscript>
  </body>
</html>
`;

const START = `const answer = await fetch('openapi.json');
const here = new URL('.', location.href).href.slice(0, -1);
SwaggerUIBundle({
  dom_id: '#reference',
  spec: { ...(await answer.json()), servers: [{ url: here }] },
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
});
`;
