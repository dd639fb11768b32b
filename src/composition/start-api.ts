import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { serveCallback } from '../calendars/http/callback.js';
import { servePush } from '../calendars/http/push.js';
import { CalendarReads } from '../calendars/reads/calendar-reads.js';
import { CompleteAuthorization } from '../calendars/use-cases/complete-authorization.js';
import { HearOfChange } from '../calendars/use-cases/hear-of-change.js';
import { Backlog } from '../delivery/reads/backlog.js';
import { CachedIssuedKeys, KEY_OWNER_CHANGED } from '../identity/adapters/cached-issued-keys.js';
import { guard, makeFastify } from '../platform/http/fastify-server.js';
import { Gate } from '../platform/http/gate.js';
import { KeyOwners } from '../platform/http/key-owner.js';
import { OwnFastifyAdapter } from '../platform/http/nest-adapter.js';
import { Readiness } from '../platform/http/readiness.js';
import { Health } from '../platform/health.js';
import { Metrics } from '../platform/metrics.js';
import { DatabaseClock } from '../platform/persistence/database-clock.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { provide } from '../platform/provide.js';
import type { RateLimits } from '../platform/throttling/rate-limits.js';
import { answerSchemas, committedDocument, type AnswerSchemas } from './answer-schemas.js';
import { ApiModule } from './api.module.js';
import { Closing } from './closing.js';
import { openCore, type Core } from './core.js';
import { DeliveryMetrics, showBacklog } from './delivery-metrics.js';
import { nestLog } from './nest-log.js';
import { version } from './package.js';
import { listeningOn, type Profile } from './profile.js';
import { serveReference } from './reference.js';
import { Workshop } from './workshop.js';

const JOBS_GRACE_MS = 10_000;

/** A process of LinkTime at work. */
export interface RunningApi {
  readonly app: INestApplication;
  /** Where it really listens. */
  readonly address: string;
  readonly baseUrl: string;
  /** Finishes what is under way, accepts nothing new, lets go of everything. */
  close(): Promise<void>;
}

/** Starts the process that serves the API and, in the embedded profile, does the jobs too. */
export function startApi(profile: Profile): Promise<RunningApi> {
  return Closing.unless(async (closing) => {
    const core = await openCore(profile);
    closing.add(() => core.adapters.close());
    const rateLimits = core.adapters.openRateLimits();
    closing.add(() => rateLimits.close());
    const schemas = answerSchemas(committedDocument());
    const { app, server } = await makeApi(profile, core, rateLimits, schemas);

    const dataSource = await app.get(DataSource).initialize();
    closing.add(() => dataSource.destroy());
    const clock = app.get(DatabaseClock);
    closing.add(() => clock.stop());
    await clock.start();
    const notifications = app.get(DatabaseNotifications);
    closing.add(() => notifications.stop());
    const keys = app.get(CachedIssuedKeys);
    notifications.on(KEY_OWNER_CHANGED, () => keys.forget());
    notifications.watch((listening) => keys.setListening(listening));
    const { registry } = app.get(Metrics);
    showBacklog(registry, app.get(Backlog));
    if (core.adapters.worksInProcess) {
      const workshop = Workshop.open(app, core.adapters.openJobQueue(), new DeliveryMetrics(registry));
      closing.add(() => workshop.close(JOBS_GRACE_MS));
    }
    await notifications.start();

    const gate = new Gate(profile.limits, rateLimits, app.get(KeyOwners));
    const readiness = app.get(Readiness);
    guard(server, { gate, readiness, metrics: app.get(Metrics) });
    serveReference(server, core.baseUrl);
    serveCallback(server, app.get(CompleteAuthorization), app.get(CalendarReads));
    servePush(server, app.get(HearOfChange));
    closing.add(() => app.close());
    closing.add(() => readiness.drain());
    const port = await listen(app, profile);
    core.baseUrl.value = listeningOn(profile, port).baseUrl;

    const host = profile.host.includes(':') ? `[${profile.host}]` : profile.host;
    return {
      app,
      address: `http://${host}:${port}`,
      baseUrl: core.baseUrl.value,
      close: () => closing.close(),
    };
  });
}

/** Returns the port it listens on. */
async function listen(app: INestApplication, { port, host }: Profile): Promise<number> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken: stop what listens there, or set PORT to another.`, {
      cause: error,
    });
  }
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** The API with nothing opened yet: enough to describe it. */
export async function makeApi(
  profile: Profile,
  core: Core,
  rateLimits: RateLimits,
  schemas: AnswerSchemas,
): Promise<{ app: INestApplication; server: FastifyInstance }> {
  const server = makeFastify({
    logger: core.log.lines,
    trustProxy: profile.trustProxy,
    answerSchemas: schemas,
  });
  const edge = [
    provide(Readiness),
    provide(Metrics),
    {
      provide: Health,
      useFactory: (dataSource: DataSource) =>
        new Health({ version, profile: profile.name, redis: () => rateLimits.status }, dataSource),
      inject: [DataSource],
    },
  ];
  const app = await NestFactory.create(ApiModule.with(core.module, edge), new OwnFastifyAdapter(server), {
    bodyParser: false,
    logger: nestLog(core.log),
    abortOnError: false,
  });
  return { app, server };
}
