import { createServer, type Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Health } from '../platform/health.js';
import { Metrics } from '../platform/metrics.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { OutboxTurns } from '../platform/persistence/outbox.js';
import { Closing } from './closing.js';
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
  return Closing.unless(async (closing) => {
    const core = await openCore(profile);
    closing.add(() => core.adapters.close());
    const app = await NestFactory.createApplicationContext(WorkerModule.with(core.module), {
      logger: nestLog(core.log),
      abortOnError: false,
    });
    closing.add(() => app.close());
    const dataSource = await app.get(DataSource).initialize();
    closing.add(() => dataSource.destroy());
    const notifications = app.get(DatabaseNotifications);
    closing.add(() => notifications.stop());
    if (profile.workerHealthPort !== null) {
      const health = new Health({ version, profile: profile.name, redis: () => null }, dataSource);
      const metrics = new Metrics(app.get(OutboxTurns));
      const server = serveHealth(health, metrics, profile.host, profile.workerHealthPort);
      closing.add(() => server.close());
    }
    const workshop = Workshop.open(app, core.adapters.openJobQueue());
    closing.add(() => workshop.close(JOBS_GRACE_MS));
    await notifications.start();
    process.stdout.write('LinkTime worker is at work\n');
    return closing;
  });
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
