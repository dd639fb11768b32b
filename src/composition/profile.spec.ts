import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidSettings, listeningOn, readProfile, settingsTable } from './profile.js';

const servers = { DATABASE_URL: 'postgres://app:secret@db/linktime', REDIS_URL: 'redis://cache:6379' };

describe('the profile', () => {
  it('is embedded, with a demo, when nothing is set', () => {
    expect(readProfile({})).toEqual({
      name: 'embedded',
      port: 3000,
      host: '127.0.0.1',
      baseUrl: 'http://localhost:3000',
      dataDir: resolve('data'),
      databaseUrl: null,
      databasePoolSize: 10,
      redisUrl: null,
      smtpUrl: null,
      mailFrom: 'LinkTime <no-reply@localhost>',
      trustProxy: [],
      limits: { apiKeyPerMinute: 60, preAuthPerMinute: 5, publicBookingPerMinute: 10 },
      webhookAllowPrivate: false,
      calendarAllowPrivate: false,
      calendarStaleAfterHours: 24,
      signIn: {
        GOOGLE: {
          client: null,
          issuerUrl: 'https://accounts.google.com',
          apiUrl: 'https://www.googleapis.com/calendar/v3',
        },
        MICROSOFT: {
          client: null,
          issuerUrl: 'https://login.microsoftonline.com/common/v2.0',
          apiUrl: 'https://graph.microsoft.com/v1.0',
        },
      },
      secretsKey: null,
      defaultPlan: 'BUSINESS',
      demo: true,
      logLevel: 'info',
      workerHealthPort: null,
    });
  });

  it('is production, without a demo, when a database and a Redis are named', () => {
    expect(readProfile(servers)).toMatchObject({
      name: 'production',
      databaseUrl: servers.DATABASE_URL,
      redisUrl: servers.REDIS_URL,
      demo: false,
    });
  });

  it.each([
    [
      { DATABASE_URL: servers.DATABASE_URL },
      'DATABASE_URL is set and REDIS_URL is not: set both of them or neither.',
    ],
    [
      { REDIS_URL: servers.REDIS_URL },
      'REDIS_URL is set and DATABASE_URL is not: set both of them or neither.',
    ],
  ])('is neither when one of them is named alone', (variables, fault) => {
    expect(faultsOf(variables)).toEqual([fault]);
  });

  it.each(['GOOGLE', 'MICROSOFT'])('knows a client at %s by both its id and its secret', (provider) => {
    const [id, secret] = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`];
    expect(faultsOf({ [id]: 'linktime' })).toEqual([
      `${id} is set and ${secret} is not: set both of them or neither.`,
    ]);
    expect(faultsOf({ [secret]: 'shh' })).toEqual([
      `${secret} is set and ${id} is not: set both of them or neither.`,
    ]);
    expect(faultsOf({ [id]: 'two words', [secret]: 'shh' })).toEqual([
      `${id} must be at most 300 characters without spaces.`,
    ]);
    expect(readProfile({ [id]: 'linktime', [secret]: 'shh' }).signIn).toMatchObject({
      [provider]: { client: { id: 'linktime', secret: 'shh' } },
    });
  });

  it('signs nobody in by http but for development', () => {
    const variables = {
      GOOGLE_ISSUER_URL: 'http://localhost:8080/',
      MICROSOFT_API_URL: 'http://localhost:8081',
    };
    expect(faultsOf(variables)).toEqual([
      'GOOGLE_ISSUER_URL must begin with https:// unless CALENDAR_ALLOW_PRIVATE is true.',
      'MICROSOFT_API_URL must begin with https:// unless CALENDAR_ALLOW_PRIVATE is true.',
    ]);
    expect(readProfile({ ...variables, CALENDAR_ALLOW_PRIVATE: 'true' }).signIn).toMatchObject({
      GOOGLE: { issuerUrl: 'http://localhost:8080' },
      MICROSOFT: { apiUrl: 'http://localhost:8081' },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readProfile({ PORT: '', DATABASE_URL: ' ', REDIS_URL: '', DEMO: '' })).toEqual(readProfile({}));
  });

  it('tells every fault at once, each in one sentence that names the variable', () => {
    expect(
      faultsOf({
        PORT: '65536',
        HOST: 'two words',
        BASE_URL: 'ftp://example.com',
        DATABASE_URL: 'mysql://app:secret@db/linktime',
        DATABASE_POOL_SIZE: '0',
        SMTP_URL: 'mail.example.com:25',
        MAIL_FROM: 'LinkTime',
        TRUST_PROXY: '10.0.0.0/8, 1',
        LIMIT_PREAUTH_PER_MINUTE: '-1',
        WEBHOOK_ALLOW_PRIVATE: 'perhaps',
        DEFAULT_PLAN: 'GOLD',
        LOG_LEVEL: 'loud',
        WORKER_HEALTH_PORT: '3e3',
      }),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'HOST must be a host name or an IP address.',
      'BASE_URL must be an http or https URL without query.',
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://.',
      'DATABASE_POOL_SIZE must be a whole number from 1 to 200.',
      'SMTP_URL must be a URL that begins with smtp:// or smtps://.',
      'MAIL_FROM must be an e-mail address, or a name and an address such as LinkTime <time@example.com>.',
      'TRUST_PROXY must be a list of IP addresses and networks, such as 10.0.0.0/8, ::1.',
      'LIMIT_PREAUTH_PER_MINUTE must be a whole number from 0 to 1000000.',
      'WEBHOOK_ALLOW_PRIVATE must be true or false.',
      'DEFAULT_PLAN must be one of FREE, PRO, BUSINESS.',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
      'WORKER_HEALTH_PORT must be a whole number from 1 to 65535.',
      'DATABASE_URL is set and REDIS_URL is not: set both of them or neither.',
    ]);
  });

  it('lets no pool be larger than the embedded database can serve', () => {
    expect(faultsOf({ DATABASE_POOL_SIZE: '41' })).toEqual([
      'DATABASE_POOL_SIZE must be at most 40 unless DATABASE_URL is set.',
    ]);
    expect(readProfile({ ...servers, DATABASE_POOL_SIZE: '41' }).databasePoolSize).toBe(41);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['FALSE', false],
    ['0', false],
  ])('takes %s for a yes or no', (text, meaning) => {
    expect(readProfile({ DEMO: text }).demo).toBe(meaning);
  });

  it.each([
    [{ BASE_URL: 'https://time.example.com/' }, 'https://time.example.com'],
    [{ BASE_URL: 'https://example.com/time//' }, 'https://example.com/time'],
    [{ HOST: '0.0.0.0', PORT: '80' }, 'http://localhost:80'],
    [{ HOST: '192.0.2.7' }, 'http://192.0.2.7:3000'],
    [{ HOST: '2001:db8::7' }, 'http://[2001:db8::7]:3000'],
  ])('is reached at an address without a slash at its end: %j', (variables, baseUrl) => {
    expect(readProfile(variables).baseUrl).toBe(baseUrl);
  });

  it('knows the free port it was given once the server listens', () => {
    expect(listeningOn(readProfile({ PORT: '0' }), 4321)).toMatchObject({
      port: 4321,
      baseUrl: 'http://localhost:4321',
    });
    expect(listeningOn(readProfile({ PORT: '0', BASE_URL: 'https://time.example.com' }), 4321).baseUrl).toBe(
      'https://time.example.com',
    );
  });

  it('sends mail from its own host unless told otherwise', () => {
    expect(readProfile({ BASE_URL: 'https://time.example.com' }).mailFrom).toBe(
      'LinkTime <no-reply@time.example.com>',
    );
    expect(readProfile({ MAIL_FROM: 'Ann <ann@example.com>' }).mailFrom).toBe('Ann <ann@example.com>');
  });

  it('believes the proxies it is told of', () => {
    expect(readProfile({ TRUST_PROXY: '10.0.0.0/8, ::1,192.0.2.1' }).trustProxy).toEqual([
      '10.0.0.0/8',
      '::1',
      '192.0.2.1',
    ]);
  });

  it.each(['10/8', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8', 'proxy.example.com', '10.0.0.1,'])(
    'believes no proxy called %s',
    (text) => {
      expect(faultsOf({ TRUST_PROXY: text })).toHaveLength(1);
    },
  );

  it('explains each setting in one row', () => {
    const rows = settingsTable().split('\n');
    expect(rows).toContain('| `PORT` | `3000` | Port to listen on; 0 takes a free one |');
    expect(rows).toContain('| `DEFAULT_PLAN` | `BUSINESS` | Plan of new users |');
    for (const row of rows.slice(2)) expect(row).toMatch(/^\| `[A-Z_]+` \| [^|]*\| [^|]+ \|$/);
  });
});

function faultsOf(variables: { [name: string]: string }): readonly string[] {
  try {
    readProfile(variables);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.faults;
  }
  return [];
}
