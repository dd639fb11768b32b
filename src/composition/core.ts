import type { DynamicModule } from '@nestjs/common';
import { BaseUrl } from '../platform/http/base-url.js';
import { Log } from '../platform/log.js';
import { migrate } from '../platform/persistence/data-source.js';
import { databaseErrorCode } from '../platform/persistence/database-errors.js';
import type { Adapters } from './adapters.js';
import { CoreModule } from './core.module.js';
import type { Profile } from './profile.js';

/** What any process of LinkTime begins with: the profile's adapters, a database that is up to date, the modules' ground. */
export interface Core {
  readonly adapters: Adapters;
  readonly log: Log;
  readonly baseUrl: BaseUrl;
  readonly module: DynamicModule;
  /** The names of the migrations that opening it has run. */
  readonly migrated: readonly string[];
}

/** Opens the database as the profile says and migrates it. Throws one sentence if it cannot. */
export async function openCore(profile: Profile, log = new Log(profile.logLevel)): Promise<Core> {
  const adapters = await openAdapters(profile, log);
  try {
    const migrated = await migrate(adapters.databaseUrl);
    const baseUrl = new BaseUrl(profile.baseUrl);
    return { adapters, log, baseUrl, module: CoreModule.with(profile, adapters, log, baseUrl), migrated };
  } catch (error) {
    await adapters.close();
    throw new Error(`The database cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

/** The adapters that the profile chooses; what the other one needs is not even loaded. */
export async function openAdapters(profile: Profile, log: Log): Promise<Adapters> {
  if (profile.name === 'embedded') {
    const { embeddedAdapters } = await import('./embedded.js');
    return embeddedAdapters(profile, log);
  }
  const { productionAdapters } = await import('./production.js');
  return productionAdapters(profile, log);
}

// A host of several addresses, none of which answers, leaves an error without a message.
function reasonOf(error: unknown): string {
  return (error as Error).message || (databaseErrorCode(error) ?? 'no reason was given');
}
