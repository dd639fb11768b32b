import 'reflect-metadata';
import { BaseUrl } from '../platform/http/base-url.js';
import { Log } from '../platform/log.js';
import { InProcessJobQueue } from '../platform/queue/in-process-job-queue.js';
import { MemoryRateLimits } from '../platform/throttling/memory-rate-limits.js';
import { CoreModule } from './core.module.js';
import { asOpenApi30 } from './openapi-30.js';
import type { OpenApiDocument } from './openapi-document.js';
import { describeApi } from './openapi.js';
import { readProfile } from './profile.js';
import { makeApi } from './start-api.js';

/** The OpenAPI documents as the code of the API makes them; nothing is opened for it. */
export async function describe(): Promise<{ current: OpenApiDocument; older: OpenApiDocument }> {
  const profile = readProfile({});
  const log = new Log('silent');
  log.lines.warn = (warning: unknown) => {
    throw new Error(String(warning)); // two classes of one name, which the document cannot tell apart
  };
  const adapters = {
    databaseUrl: 'postgresql://nowhere',
    openRateLimits: () => new MemoryRateLimits(),
    openJobQueue: () =>
      new InProcessJobQueue({
        onError: () => undefined,
        concurrency: { database: 1, webhooks: 1, mail: 1, calendars: 1, mirror: 1 },
      }),
    worksInProcess: true,
    close: async () => undefined,
  };
  const baseUrl = new BaseUrl('/');
  const core = {
    adapters,
    log,
    baseUrl,
    module: CoreModule.with(profile, adapters, log, baseUrl),
    migrated: [],
  };
  const { app } = await makeApi(profile, core, adapters.openRateLimits(), () => undefined);
  const current = describeApi(app);
  return { current, older: asOpenApi30(current) };
}
