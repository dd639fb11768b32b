import type { Check } from '../command-line/installation.js';

/** The oldest PostgreSQL that will do, as `server_version_num` tells it, and what it must be able to load. */
const OLDEST_POSTGRES = 150_000;
export const extensions = ['btree_gist', 'btree_gin', 'pg_trgm', 'unaccent'];

const CLOCKS_APART_MS = 2_000;
const FREE_BYTES = 1024 ** 3;
const OWED_SECONDS = 300;
const ZONE_DATA_YEARS = 1;

/** Something that cannot even be asked. */
export function away(check: string, error: unknown, cure: string): Check {
  const { message, code } = error as Error & { code?: string };
  return { check, ok: false, found: message || (code ?? 'no answer'), cure };
}

/** `version` as `server_version_num` tells it; `missing` names the extensions that cannot be had. */
export function judgeDatabase({ version, missing }: { version: number; missing: readonly string[] }): Check {
  const isOld = version < OLDEST_POSTGRES;
  const name = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (isOld) {
    const cure = `Upgrade to PostgreSQL ${OLDEST_POSTGRES / 10_000} or newer.`;
    return { check: 'database', ok: false, found: name, cure };
  }
  const found = missing.length === 0 ? name : `${name} without ${missing.join(', ')}`;
  const cure = "Install PostgreSQL's contrib package on its server.";
  return { check: 'database', ok: missing.length === 0, found, cure: missing.length === 0 ? null : cure };
}

/** Migrations by name: those this release brings and those the database has had. */
export function judgeMigrations(known: readonly string[], applied: readonly string[]): Check {
  const check = 'migrations';
  const pending = known.filter((name) => !applied.includes(name));
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    const cure = 'Run the release of LinkTime that migrated the database, or a newer one.';
    return { check, ok: false, found: `unknown to this release: ${newer.join(', ')}`, cure };
  }
  if (applied.length === 0) {
    return { check, ok: true, found: 'none yet: the first start makes the tables', cure: null };
  }
  if (pending.length > 0) {
    return { check, ok: false, found: `pending: ${pending.join(', ')}`, cure: 'Run `linktime migrate`.' };
  }
  return { check, ok: true, found: `all ${known.length} applied`, cure: null };
}

/** What Redis says of itself: the text of `INFO`. */
export function judgeRedis(info: string): Check[] {
  const version = fieldOf(info, 'redis_version');
  const policy = fieldOf(info, 'maxmemory_policy');
  const isKept = fieldOf(info, 'aof_enabled') === '1';
  return [
    { check: 'redis', ok: true, found: `Redis ${version}`, cure: null },
    {
      check: 'redis memory',
      ok: policy === 'noeviction',
      found: `maxmemory-policy ${policy}`,
      cure: policy === 'noeviction' ? null : 'Set `maxmemory-policy noeviction`: jobs must not be evicted.',
    },
    {
      check: 'redis persistence',
      ok: isKept,
      found: `appendonly ${isKept ? 'yes' : 'no'}`,
      cure: isKept
        ? null
        : 'Set `appendonly yes`: after a crash jobs otherwise wait until the outbox rings again.',
    },
  ];
}

function fieldOf(info: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? 'unknown';
}

/** How far this machine's clock is ahead of the database's. */
export function judgeClock(aheadMs: number): Check {
  const ok = Math.abs(aheadMs) <= CLOCKS_APART_MS;
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  return {
    check: 'clock',
    ok,
    found: `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the database's`,
    cure: ok ? null : 'Synchronise the clocks of both machines, by NTP for instance.',
  };
}

/** A release of the IANA time zone database, such as `2026f`, in the year that it is now. */
export function judgeZoneData(release: string, year: number): Check {
  const age = year - Number.parseInt(release, 10);
  const ok = age <= ZONE_DATA_YEARS;
  const found =
    age <= 0 ? `${release}, of this year` : `${release}, of ${age === 1 ? 'last year' : `${age} years ago`}`;
  const cure = 'Update LinkTime: where clocks change by new rules, meetings are an hour off.';
  return { check: 'zone data', ok, found, cure: ok ? null : cure };
}

export function judgeBaseUrl(baseUrl: string, profile: 'embedded' | 'production'): Check {
  const check = 'base URL';
  const { protocol, hostname } = new URL(baseUrl);
  const isLocal =
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
  if (!isLocal) {
    const ok = protocol === 'https:';
    return {
      check,
      ok,
      found: baseUrl,
      cure: ok ? null : 'Serve LinkTime by https and set BASE_URL to that.',
    };
  }
  const cure = 'Set BASE_URL to where people reach LinkTime: this address is of use on this machine only.';
  return { check, ok: true, found: baseUrl, cure: profile === 'production' ? cure : null };
}

export function judgeDisk(freeBytes: number): Check {
  const ok = freeBytes >= FREE_BYTES;
  const found = `${(freeBytes / FREE_BYTES).toFixed(1)} GiB free`;
  return { check: 'disk', ok, found, cure: ok ? null : 'Make room on the disk of DATA_DIR: 1 GiB at least.' };
}

/** The permission bits of `secrets.json`; null if it is not there yet. */
export function judgeSecrets(file: string, mode: number | null): Check {
  const check = 'secrets';
  if (mode === null) return { check, ok: true, found: 'not made yet', cure: null };
  const ok = (mode & 0o077) === 0;
  const found = `readable by ${ok ? 'their owner only' : 'others'}`;
  return { check, ok, found, cure: ok ? null : `Run \`chmod 600 ${file}\`.` };
}

/** How many events wait for their work to be done, and the oldest of them for how long. */
export function judgeOutbox(
  { owed, oldestSeconds }: { owed: number; oldestSeconds: number },
  profile: 'embedded' | 'production',
): Check {
  const ok = oldestSeconds <= OWED_SECONDS;
  const found = owed === 0 ? 'nothing owed' : `${owed} owed, the oldest for ${spell(oldestSeconds)}`;
  const cure =
    profile === 'embedded'
      ? 'Start LinkTime, or look in its log: what is owed is done while it runs.'
      : 'Start a worker, or look in its log: what is owed is done while one runs.';
  return { check: 'outbox', ok, found, cure: ok ? null : cure };
}

/** `fault`: why the mail server cannot be used; null if it greets. The URL is told without its password. */
export function judgeMailServer(smtpUrl: string, fault: string | null): Check {
  const { protocol, host } = new URL(smtpUrl);
  const server = `${protocol}//${host}`;
  const ok = fault === null;
  const cure = 'Start the mail server, or correct SMTP_URL: mails wait for up to 22 hours.';
  return {
    check: 'mail',
    ok,
    found: `${server} ${ok ? 'greets' : `does not: ${fault}`}`,
    cure: ok ? null : cure,
  };
}

/** Mails are files, as there is no mail server. */
export function judgeMailFolder(folder: string, profile: 'embedded' | 'production'): Check {
  const cure = profile === 'production' ? 'Set SMTP_URL: as it is, mails reach nobody.' : null;
  return { check: 'mail', ok: true, found: `files in ${folder}`, cure };
}

export function judgeSender(mailFrom: string): Check {
  const isLocal = /@(localhost|[^@]*\.localhost)>?$/.test(mailFrom);
  const cure = 'Set MAIL_FROM to an address at a domain of yours: most mail servers refuse this one.';
  return { check: 'sender', ok: true, found: mailFrom, cure: isLocal ? cure : null };
}

/** How many counts of bookings are not what a count comes to. */
export function judgeBookingCounts(wrong: number): Check {
  const ok = wrong === 0;
  const found = ok
    ? 'as many as there are'
    : `${wrong} kept ${wrong === 1 ? 'count is' : 'counts are'} wrong`;
  return { check: 'booking counts', ok, found, cure: ok ? null : 'Run `linktime recount`.' };
}

/** The connected calendars on whose account nothing is offered. */
export function judgeCalendars(
  stale: readonly { id: string; account: string; ownerEmail: string; lastError: string | null }[],
): Check {
  const check = 'calendars';
  const [first] = stale;
  if (!first) return { check, ok: true, found: 'none that cannot be read', cure: null };
  const others = stale.length === 1 ? '' : `, and ${stale.length - 1} more`;
  const reason = first.lastError ?? 'it was never read';
  const found = `${first.account} of ${first.ownerEmail} cannot be read (${reason})${others}`;
  const cure = `Run \`linktime calendars sync ${first.id}\`, or remove the calendar and add it anew: until then nothing of its owner is offered.`;
  return { check, ok: false, found, cure };
}

function spell(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
