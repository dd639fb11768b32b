import type { DynamicModule } from '@nestjs/common';
import { Log } from '../platform/log.js';
import { migrate } from '../platform/persistence/data-source.js';
import type { Adapters } from './adapters.js';
import { CoreModule } from './core.module.js';
import { embeddedAdapters } from './embedded.js';
import { productionAdapters } from './production.js';
import type { Profile } from './profile.js';

/** What any process of LinkTime begins with: the profile's adapters, a database that is up to date, the modules' ground. */
export interface Core {
  readonly adapters: Adapters;
  readonly log: Log;
  readonly module: DynamicModule;
}

/** Opens the database as the profile says and migrates it. Throws one sentence if it cannot. */
export async function openCore(profile: Profile, log = new Log(profile.logLevel)): Promise<Core> {
  const adapters =
    profile.name === 'embedded' ? await embeddedAdapters(profile, log) : productionAdapters(profile, log);
  try {
    await migrate(adapters.databaseUrl);
  } catch (error) {
    await adapters.close();
    throw new Error(`The database cannot be used: ${(error as Error).message}`, { cause: error });
  }
  return { adapters, log, module: CoreModule.with(profile, adapters, log) };
}
