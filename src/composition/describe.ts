import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import { BaseUrl } from '../platform/http/base-url.js';
import { Log } from '../platform/log.js';
import { InProcessJobQueue } from '../platform/queue/in-process-job-queue.js';
import { MemoryRateLimits } from '../platform/throttling/memory-rate-limits.js';
import { CoreModule } from './core.module.js';
import { describeApi } from './openapi.js';
import { readProfile } from './profile.js';
import { makeApi } from './start-api.js';

/** The OpenAPI documents as the code of the API makes them; nothing is opened for it. */
export async function describe(): Promise<{ current: OpenAPIObject; older: OpenAPIObject }> {
  const profile = readProfile({});
  const log = new Log('silent');
  const adapters = {
    databaseUrl: 'postgresql://nowhere',
    openRateLimits: () => new MemoryRateLimits(),
    openJobQueue: () => new InProcessJobQueue({ onError: () => undefined }),
    worksInProcess: true,
    close: async () => undefined,
  };
  const core = { adapters, log, module: CoreModule.with(profile, adapters, log) };
  const { app } = await makeApi(profile, core, adapters.openRateLimits(), new BaseUrl('/'), () => undefined);
  return { current: describeApi(app, '3.1.0'), older: describeApi(app, '3.0.3') };
}
