import { createServer, type Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Health } from '../platform/health.js';
import { Metrics } from '../platform/metrics.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { OutboxTurns } from '../platform/persistence/outbox.js';
import { openCore } from './core.js';
import { nestLog } from './nest-log.js';
import { version } from './package.js';
import type { Profile } from './profile.js';
import type { Running } from './run.js';
import { WorkerModule } from './worker.module.js';
import { Workshop } from './workshop.js';

const JOBS_GRACE_MS = 20_000;

/** Starts a process that does jobs and serves no API. Production only: embedded, the API's own process does them. */
export async function startWorker(profile: Profile): Promise<Running> {
  if (profile.name === 'embedded') {
    throw new Error('A worker needs the production profile: set DATABASE_URL and REDIS_URL.');
  }
  const core = await openCore(profile);
  const app = await NestFactory.createApplicationContext(WorkerModule.with(core.module), {
    logger: nestLog(core.log),
    abortOnError: false,
  });
  const dataSource = await app.get(DataSource).initialize();
  const workshop = Workshop.open(app, core.adapters.openJobQueue());
  const notifications = app.get(DatabaseNotifications);
  await notifications.start();

  const health = new Health({ version, profile: profile.name, redis: () => null }, dataSource);
  const port = profile.workerHealthPort;
  const server =
    port === null ? null : serveHealth(health, new Metrics(app.get(OutboxTurns)), profile.host, port);
  core.log.lines.info('the worker is at work');
  process.stdout.write('LinkTime worker is at work\n');

  return {
    async close() {
      await workshop.close(JOBS_GRACE_MS);
      await notifications.stop();
      server?.close();
      await dataSource.destroy();
      await app.close();
      await core.adapters.close();
    },
  };
}

/** The same health and metrics that the API shows, for those who keep the worker running. */
function serveHealth(health: Health, metrics: Metrics, host: string, port: number): Server {
  return createServer((request, response) => {
    void (async () => {
      if (request.url === '/metrics') return { status: 200, body: await metrics.text() };
      const alive = request.url === '/health/live' || (await health.databaseAnswers());
      return { status: alive ? 200 : 503, body: JSON.stringify({ status: alive ? 'ready' : 'down' }) };
    })().then(({ status, body }) => response.writeHead(status).end(body));
  }).listen(port, host);
}
