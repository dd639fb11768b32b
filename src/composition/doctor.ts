import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { CalendarReads } from '../calendars/reads/calendar-reads.js';
import type { Check } from '../command-line/installation.js';
import { zoneDataVersion } from '../kernel/time-zone.js';
import { prepareDataDir } from '../platform/data-dir.js';
import { Log } from '../platform/log.js';
import { makeDataSource } from '../platform/persistence/data-source.js';
import { outboxBacklog } from '../platform/persistence/outbox.js';
import { Sql } from '../platform/persistence/sql.js';
import { BookingCounts } from '../scheduling/reads/booking-counts.js';
import { openAdapters } from './core.js';
import {
  away,
  extensions,
  judgeBaseUrl,
  judgeBookingCounts,
  judgeCalendars,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeMailFolder,
  judgeMailServer,
  judgeMigrations,
  judgeOutbox,
  judgeRedis,
  judgeSecrets,
  judgeSender,
  judgeZoneData,
} from './diagnosis.js';
import type { Profile } from './profile.js';

const DATA_DIR = 'data directory';

/** All that can be told of an installation. What hangs on something that is away is left out. */
export async function examine(profile: Profile): Promise<Check[]> {
  const dataDir = await examineDataDir(profile);
  const hasDatabase =
    profile.name === 'production' || dataDir.every(({ check, ok }) => check !== DATA_DIR || ok);
  return [
    judgeBaseUrl(profile.baseUrl, profile.name),
    judgeZoneData(zoneDataVersion, new Date().getUTCFullYear()),
    ...dataDir,
    ...(hasDatabase ? await examineDatabase(profile) : []),
    ...(await examineRedis(profile)),
    ...(await examineMail(profile)),
  ];
}

async function examineDataDir({ dataDir }: Profile): Promise<Check[]> {
  try {
    await prepareDataDir(dataDir);
  } catch {
    const cure = 'Set DATA_DIR to a directory that this user may write to.';
    return [{ check: DATA_DIR, ok: false, found: `${dataDir} cannot be written to`, cure }];
  }
  const { bavail, bsize } = await statfs(dataDir);
  const secrets = join(dataDir, 'secrets.json');
  const file = await stat(secrets).catch(() => null);
  return [
    { check: DATA_DIR, ok: true, found: dataDir, cure: null },
    judgeDisk(bavail * bsize),
    judgeSecrets(secrets, file && file.mode),
  ];
}

async function examineDatabase(profile: Profile): Promise<Check[]> {
  const cure =
    profile.name === 'embedded'
      ? `Look in ${join(profile.dataDir, 'postgres.log')} for the reason.`
      : 'Start PostgreSQL, or correct DATABASE_URL.';
  try {
    const adapters = await openAdapters(profile, new Log('silent'));
    try {
      return await withDatabase(adapters.databaseUrl, (dataSource) => examineOpen(dataSource, profile));
    } finally {
      await adapters.close();
    }
  } catch (error) {
    return [away('database', error, cure)];
  }
}

async function withDatabase<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await makeDataSource({ url, poolSize: 1 }).initialize();
  return work(dataSource).finally(() => dataSource.destroy());
}

async function examineOpen(dataSource: DataSource, profile: Profile): Promise<Check[]> {
  const applied = await appliedMigrations(dataSource);
  const known = migrations.map(({ name }) => name);
  const isMigrated = known.every((name) => applied.includes(name));
  const outbox = applied.length > 0 ? [await outboxBacklog(new Sql(dataSource))] : [];
  const wrongCounts = isMigrated ? [await new BookingCounts(new Sql(dataSource)).wrong()] : [];
  const stale = isMigrated ? [await new CalendarReads(new Sql(dataSource)).stale()] : [];
  return [
    judgeDatabase(await databaseFacts(dataSource)),
    judgeMigrations(known, applied),
    judgeClock(await clockAhead(dataSource)),
    ...outbox.map((backlog) => judgeOutbox(backlog, profile.name)),
    ...wrongCounts.map((wrong) => judgeBookingCounts(wrong.length)),
    ...stale.map(judgeCalendars),
  ];
}

async function databaseFacts(dataSource: DataSource): Promise<{ version: number; missing: string[] }> {
  const [row] = await dataSource.query<[{ version: number; missing: string[] }]>(
    `select current_setting('server_version_num')::int as version,
            array(select unnest($1::text[]) except select name::text from pg_available_extensions) as missing`,
    [extensions],
  );
  return row;
}

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const [{ exists }] = await dataSource.query<[{ exists: boolean }]>(
    `select to_regclass('migrations') is not null as exists`,
  );
  if (!exists) return [];
  return (await dataSource.query<{ name: string }[]>('select name from migrations order by id')).map(
    ({ name }) => name,
  );
}

/** In milliseconds; the answer is taken to have been given halfway between question and arrival. */
async function clockAhead(dataSource: DataSource): Promise<number> {
  const asked = Date.now();
  const [{ now }] = await dataSource.query<[{ now: number }]>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  return (asked + Date.now()) / 2 - now;
}

async function examineRedis({ redisUrl }: Profile): Promise<Check[]> {
  if (redisUrl === null) return [];
  const { connectToRedis } = await import('../platform/redis-connection.js');
  const redis = connectToRedis(redisUrl, { lazyConnect: true, retryStrategy: () => null });
  let reason: Error | null = null;
  redis.on('error', (error: Error) => (reason = error));
  try {
    await redis.connect();
    return judgeRedis(await redis.info());
  } catch (error) {
    return [away('redis', reason ?? error, 'Start Redis, or correct REDIS_URL.')];
  } finally {
    redis.disconnect();
  }
}

async function examineMail({ name, smtpUrl, mailFrom, dataDir }: Profile): Promise<Check[]> {
  if (smtpUrl === null) return [judgeMailFolder(join(dataDir, 'mail'), name)];
  const { greetMailServer } = await import('../delivery/adapters/smtp-mailer.js');
  const fault = await greetMailServer(smtpUrl).then(
    () => null,
    (error: Error) => error.message,
  );
  return [judgeMailServer(smtpUrl, fault), judgeSender(mailFrom)];
}
