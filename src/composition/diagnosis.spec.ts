import { describe, expect, it } from '@jest/globals';
import {
  judgeBaseUrl,
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

const fine = { ok: true, cure: null };

describe('the database', () => {
  it('is PostgreSQL 15 or newer', () => {
    expect(judgeDatabase({ version: 150_000, missing: [] })).toMatchObject({
      ...fine,
      found: 'PostgreSQL 15.0',
    });
    expect(judgeDatabase({ version: 140_021, missing: [] })).toMatchObject({
      ok: false,
      found: 'PostgreSQL 14.21',
      cure: 'Upgrade to PostgreSQL 15 or newer.',
    });
  });

  it('has the extensions that LinkTime uses', () => {
    expect(judgeDatabase({ version: 180_004, missing: ['pg_trgm', 'unaccent'] })).toMatchObject({
      ok: false,
      found: 'PostgreSQL 18.4 without pg_trgm, unaccent',
    });
  });
});

describe('migrations', () => {
  it('are all applied', () => {
    expect(judgeMigrations(['A1', 'B2'], ['A1', 'B2'])).toMatchObject({ ...fine, found: 'all 2 applied' });
  });

  it('may be lacking altogether before the first start', () => {
    expect(judgeMigrations(['A1', 'B2'], [])).toMatchObject(fine);
  });

  it('are named if they are pending', () => {
    expect(judgeMigrations(['A1', 'B2', 'C3'], ['A1'])).toMatchObject({
      ok: false,
      found: 'pending: B2, C3',
    });
  });

  it('of a newer release are not for this one', () => {
    expect(judgeMigrations(['A1'], ['A1', 'B2'])).toMatchObject({
      ok: false,
      found: 'unknown to this release: B2',
    });
  });
});

describe('Redis', () => {
  const info = (policy: string, aof: 0 | 1) =>
    `# Server\r\nredis_version:7.0.15\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n# Persistence\r\naof_enabled:${aof}\r\n`;

  it('evicts nothing and keeps what it was told', () => {
    expect(judgeRedis(info('noeviction', 1))).toEqual([
      { check: 'redis', ...fine, found: 'Redis 7.0.15' },
      { check: 'redis memory', ...fine, found: 'maxmemory-policy noeviction' },
      { check: 'redis persistence', ...fine, found: 'appendonly yes' },
    ]);
  });

  it('must not evict jobs or forget them', () => {
    const [, memory, persistence] = judgeRedis(info('allkeys-lru', 0));

    expect(memory).toMatchObject({ ok: false, found: 'maxmemory-policy allkeys-lru' });
    expect(persistence).toMatchObject({ ok: false, found: 'appendonly no' });
  });
});

describe('the clocks', () => {
  it.each([0, 2_000, -2_000])('may be %i ms apart', (ahead) => {
    expect(judgeClock(ahead)).toMatchObject(fine);
  });

  it.each([
    [2_001, "2.0 s ahead of the database's"],
    [-3_600_000, "3600.0 s behind the database's"],
  ])('may not be %i ms apart', (ahead, found) => {
    expect(judgeClock(ahead)).toMatchObject({ ok: false, found });
  });
});

describe('zone data', () => {
  it('is of this year or the last', () => {
    expect(judgeZoneData('2026f', 2026)).toMatchObject({ ...fine, found: '2026f, of this year' });
    expect(judgeZoneData('2026f', 2027)).toMatchObject({ ...fine, found: '2026f, of last year' });
    expect(judgeZoneData('2026f', 2028)).toMatchObject({ ok: false, found: '2026f, of 2 years ago' });
  });
});

describe('the base URL', () => {
  it.each([
    'https://time.example.com',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('may be %s', (url) => {
    expect(judgeBaseUrl(url, 'embedded')).toMatchObject(fine);
  });

  it('is https for all but this machine', () => {
    expect(judgeBaseUrl('http://time.example.com', 'embedded').ok).toBe(false);
    expect(judgeBaseUrl('http://localhost.example.com', 'embedded').ok).toBe(false);
  });

  it('of this machine is of little use in production', () => {
    const { ok, cure } = judgeBaseUrl('http://localhost:3000', 'production');

    expect(ok).toBe(true);
    expect(cure).toContain('Set BASE_URL');
  });
});

describe('the disk', () => {
  it('has a GiB to spare', () => {
    expect(judgeDisk(2 ** 30)).toMatchObject({ ...fine, found: '1.0 GiB free' });
    expect(judgeDisk(2 ** 29)).toMatchObject({ ok: false, found: '0.5 GiB free' });
  });
});

describe('secrets', () => {
  it('are for their owner only', () => {
    expect(judgeSecrets('/data/secrets.json', 0o100_600)).toMatchObject(fine);
    expect(judgeSecrets('/data/secrets.json', null)).toMatchObject(fine);
    expect(judgeSecrets('/data/secrets.json', 0o100_640)).toMatchObject({
      ok: false,
      cure: 'Run `chmod 600 /data/secrets.json`.',
    });
  });
});

describe('the outbox', () => {
  it('is worked off within five minutes', () => {
    expect(judgeOutbox({ owed: 0, oldestSeconds: 0 }, 'embedded')).toMatchObject({
      ...fine,
      found: 'nothing owed',
    });
    expect(judgeOutbox({ owed: 2, oldestSeconds: 300 }, 'embedded')).toMatchObject(fine);
  });

  it('waits for someone to do its work', () => {
    const backlog = { owed: 3, oldestSeconds: 540 };

    expect(judgeOutbox(backlog, 'embedded')).toMatchObject({
      ok: false,
      found: '3 owed, the oldest for 9 min',
    });
    expect(judgeOutbox(backlog, 'embedded').cure).toContain('Start LinkTime');
    expect(judgeOutbox(backlog, 'production').cure).toContain('Start a worker');
  });
});

describe('the mail server', () => {
  const url = 'smtps://linktime:s3cret@mail.example.com:465';

  it('greets', () => {
    expect(judgeMailServer(url, null)).toMatchObject({
      ...fine,
      found: 'smtps://mail.example.com:465 greets',
    });
  });

  it('is told of without its password if it does not', () => {
    const { ok, found, cure } = judgeMailServer(url, '535 Wrong password');

    expect(ok).toBe(false);
    expect(found).toBe('smtps://mail.example.com:465 does not: 535 Wrong password');
    expect(cure).toContain('correct SMTP_URL');
  });

  it('may be wanting: mails are files then, which are of little use in production', () => {
    expect(judgeMailFolder('/data/mail', 'embedded')).toMatchObject({
      ...fine,
      found: 'files in /data/mail',
    });
    expect(judgeMailFolder('/data/mail', 'production').cure).toContain('Set SMTP_URL');
  });

  it('sends for an address that the world knows', () => {
    expect(judgeSender('LinkTime <time@example.com>')).toMatchObject(fine);
    expect(judgeSender('time@example.com')).toMatchObject(fine);
    expect(judgeSender('LinkTime <no-reply@localhost>').cure).toContain('Set MAIL_FROM');
    expect(judgeSender('time@box.localhost').cure).toContain('Set MAIL_FROM');
    expect(judgeSender('time@notlocalhost')).toMatchObject(fine);
  });
});

describe('connected calendars', () => {
  it('are told of by the first that cannot be read, why, and what to do', () => {
    expect(judgeCalendars([])).toMatchObject({ ok: true, cure: null });
    const stale = {
      id: '1',
      account: 'ann at dav.example.com',
      ownerEmail: 'ann@example.com',
      lastError: 'Away',
    };
    expect(judgeCalendars([stale])).toMatchObject({
      ok: false,
      found: 'ann at dav.example.com of ann@example.com cannot be read (Away)',
      cure: expect.stringContaining('linktime calendars sync 1'),
    });
    expect(judgeCalendars([{ ...stale, lastError: null }, stale]).found).toBe(
      'ann at dav.example.com of ann@example.com cannot be read (it was never read), and 1 more',
    );
  });
});
