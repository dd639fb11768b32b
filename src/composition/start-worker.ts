import { createServer, type Server } from 'node:http';
import { constants, setPriority } from 'node:os';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Backlog } from '../delivery/reads/backlog.js';
import { Health } from '../platform/health.js';
import { Metrics } from '../platform/metrics.js';
import { DatabaseClock } from '../platform/persistence/database-clock.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { Closing } from './closing.js';
import { openCore } from './core.js';
import { DeliveryMetrics, showBacklog } from './delivery-metrics.js';
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
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // where it shares a machine with the API, people who wait go first
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
    const clock = app.get(DatabaseClock);
    closing.add(() => clock.stop());
    await clock.start();
    const notifications = app.get(DatabaseNotifications);
    closing.add(() => notifications.stop());
    const metrics = new Metrics();
    showBacklog(metrics.registry, app.get(Backlog));
    if (profile.workerHealthPort !== null) {
      const health = new Health({ version, profile: profile.name, redis: () => null }, dataSource);
      const server = serveHealth(health, metrics, profile.host, profile.workerHealthPort);
      closing.add(() => server.close());
    }
    const deliveryMetrics = new DeliveryMetrics(metrics.registry);
    const workshop = Workshop.open(app, core.adapters.openJobQueue(), deliveryMetrics);
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
      if (request.url === '/metrics') {
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics.text() };
      }
      const alive = request.url === '/health/live' || (await health.databaseAnswers());
      const body = JSON.stringify({ status: alive ? 'ready' : 'down' });
      return { status: alive ? 200 : 503, type: 'application/json', body };
    })().then(({ status, type, body }) => response.writeHead(status, { 'Content-Type': type }).end(body));
  }).listen(port, host);
}
