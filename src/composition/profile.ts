import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ProviderSettings } from '../calendars/adapters/sign-in-settings.js';
import { plans, type Plan } from '../identity/domain/plan.js';
import {
  flag,
  oneOf,
  readBaseUrl,
  readHost,
  readKey,
  readWord,
  readNetworks,
  readSender,
  setting,
  url,
  wholeNumber,
} from './setting-kinds.js';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The embedded PostgreSQL takes 60 connections; the rest is for the command line tool and those who look after it. */
const EMBEDDED_POOL_LIMIT = 40;

const MOST_PER_MINUTE = 1_000_000;

/** All settings: their names, what they may be, what they are if unset, and what the README says of them. */
const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3_000).describe('Port to listen on; 0 takes a free one'),
  HOST: setting('a host name or an IP address', readHost)
    .default('127.0.0.1')
    .describe('Address to listen on; `0.0.0.0` is every one of this machine'),
  BASE_URL: setting('an http or https URL without query', readBaseUrl).optional().meta({
    description: 'Where people reach LinkTime; links in mails begin with it',
    default: '`http://HOST:PORT`',
  }),
  DATA_DIR: setting('a path', (path) => resolve(path))
    .optional()
    .meta({
      description: 'Where secrets and, embedded, the database and mails are kept',
      default: '`./data`',
    }),
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe(
      'PostgreSQL 15 or newer; with `REDIS_URL` the production profile, without both the embedded one',
    ),
  REDIS_URL: url('redis', 'rediss').optional().describe('Redis 7 or newer; set together with `DATABASE_URL`'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200)
    .default(10)
    .describe(`Connections to PostgreSQL a process keeps at most; embedded up to ${EMBEDDED_POOL_LIMIT}`),
  SMTP_URL: url('smtp', 'smtps')
    .optional()
    .describe('Mail server; without it mails are written to files in `DATA_DIR`'),
  MAIL_FROM: setting(
    'an e-mail address, or a name and an address such as LinkTime <time@example.com>',
    readSender,
  )
    .optional()
    .meta({
      description: 'Sender of mails',
      default: '`LinkTime <no-reply@...>`, at the host of `BASE_URL`',
    }),
  TRUST_PROXY: setting('a list of IP addresses and networks, such as 10.0.0.0/8, ::1', readNetworks)
    .default([])
    .describe('Proxies whose `X-Forwarded-For` is believed: addresses and networks with commas between'),
  LIMIT_API_KEY_PER_MINUTE: wholeNumber(0, MOST_PER_MINUTE)
    .default(60)
    .describe('Requests a minute per API key; 0 is no limit'),
  LIMIT_PREAUTH_PER_MINUTE: wholeNumber(0, MOST_PER_MINUTE)
    .default(5)
    .describe('Failed authentications a minute per IP, and wrong addresses of feeds; 0 is no limit'),
  LIMIT_PUBLIC_BOOKING_PER_MINUTE: wholeNumber(0, MOST_PER_MINUTE)
    .default(10)
    .describe('Public bookings a minute per IP; 0 is no limit'),
  WEBHOOK_ALLOW_PRIVATE: flag()
    .default(false)
    .describe('Whether webhooks may go to private addresses and by http, for development'),
  CALENDAR_ALLOW_PRIVATE: flag()
    .default(false)
    .describe('Whether calendars may lie at private addresses and be read by http'),
  CALENDAR_STALE_AFTER_HOURS: wholeNumber(1, 720)
    .default(24)
    .describe('After how many hours without its calendar nothing is offered of an owner'),
  GOOGLE_CLIENT_ID: setting('at most 300 characters without spaces', readWord)
    .optional()
    .describe('OAuth client at Google, with which owners connect their calendars there'),
  GOOGLE_CLIENT_SECRET: setting('at most 300 characters without spaces', readWord)
    .optional()
    .describe('Its secret; set together with `GOOGLE_CLIENT_ID`'),
  GOOGLE_ISSUER_URL: setting('an http or https URL without query', readBaseUrl)
    .default('https://accounts.google.com')
    .describe('Where Google signs owners in'),
  GOOGLE_API_URL: setting('an http or https URL without query', readBaseUrl)
    .default('https://www.googleapis.com/calendar/v3')
    .describe('Where the calendars of Google are'),
  MICROSOFT_CLIENT_ID: setting('at most 300 characters without spaces', readWord)
    .optional()
    .describe('OAuth client at Microsoft Entra, with which owners connect their calendars of Microsoft 365'),
  MICROSOFT_CLIENT_SECRET: setting('at most 300 characters without spaces', readWord)
    .optional()
    .describe('Its secret; set together with `MICROSOFT_CLIENT_ID`'),
  MICROSOFT_ISSUER_URL: setting('an http or https URL without query', readBaseUrl)
    .default('https://login.microsoftonline.com/common/v2.0')
    .describe('Where Microsoft signs owners in; with a tenant in place of `common`, none but its own'),
  MICROSOFT_API_URL: setting('an http or https URL without query', readBaseUrl)
    .default('https://graph.microsoft.com/v1.0')
    .describe('Where the calendars of Microsoft 365 are'),
  SECRETS_KEY: setting('32 bytes as base64url', readKey).optional().meta({
    description:
      'Key to the passwords and tokens of calendars, 32 bytes as base64url; the same for all processes',
    default: 'made, and kept in `DATA_DIR`',
  }),
  DEFAULT_PLAN: oneOf(plans, (text) => text.toUpperCase())
    .default('BUSINESS')
    .describe('Plan of new users'),
  DEMO: flag().optional().meta({
    description: 'Whether a demo owner is made when there is no user yet',
    default: '`true` embedded, `false` in production',
  }),
  LOG_LEVEL: oneOf(logLevels, (text) => text.toLowerCase())
    .default('info')
    .describe('Least weight of what is logged'),
  WORKER_HEALTH_PORT: wholeNumber(1, 65_535)
    .optional()
    .describe('Port on which a worker process answers health checks'),
});

export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly databasePoolSize: number;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Addresses and networks in CIDR notation. */
  readonly trustProxy: string[];
  /** 0 is no limit. */
  readonly limits: {
    readonly apiKeyPerMinute: number;
    readonly preAuthPerMinute: number;
    readonly publicBookingPerMinute: number;
  };
  readonly webhookAllowPrivate: boolean;
  readonly calendarAllowPrivate: boolean;
  readonly calendarStaleAfterHours: number;
  readonly signIn: Readonly<Record<'GOOGLE' | 'MICROSOFT', ProviderSettings>>;
  /** 32 bytes as base64url; null for the one kept in `dataDir`. */
  readonly secretsKey: string | null;
  readonly defaultPlan: Plan;
  readonly demo: boolean;
  readonly logLevel: (typeof logLevels)[number];
  readonly workerHealthPort: number | null;
}

/** All in itself: nothing to install beside it. */
export interface EmbeddedProfile extends Settings {
  readonly name: 'embedded';
  readonly databaseUrl: null;
  readonly redisUrl: null;
}

/** On servers of its operator. */
export interface ProductionProfile extends Settings {
  readonly name: 'production';
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** How this process runs. */
export type Profile = EmbeddedProfile | ProductionProfile;

/** The environment is not fit to run with. Each fault is one sentence that names its variable, and no secret. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** The profile that environment variables ask for; empty ones count as unset. Throws `InvalidSettings` with every fault. */
export function readProfile(variables: NodeJS.ProcessEnv = process.env): Profile {
  const set = Object.keys(environment.shape).flatMap((name) => {
    const text = variables[name]?.trim();
    return text ? [[name, text] as const] : [];
  });
  const given = Object.fromEntries(set);
  const { data, error } = environment.safeParse(given);
  const faults = (error?.issues ?? []).map(({ path, message }) => `${String(path[0])} ${message}.`);
  faults.push(...faultsBetween(given));
  if (!data || faults.length > 0) throw new InvalidSettings(faults);

  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = data;
  const baseUrl = data.BASE_URL ?? defaultBaseUrl(data.HOST, data.PORT);
  const settings = {
    port: data.PORT,
    host: data.HOST,
    baseUrl,
    dataDir: data.DATA_DIR ?? resolve('data'),
    databasePoolSize: data.DATABASE_POOL_SIZE,
    smtpUrl: data.SMTP_URL ?? null,
    mailFrom: data.MAIL_FROM ?? defaultSender(baseUrl),
    trustProxy: data.TRUST_PROXY,
    limits: {
      apiKeyPerMinute: data.LIMIT_API_KEY_PER_MINUTE,
      preAuthPerMinute: data.LIMIT_PREAUTH_PER_MINUTE,
      publicBookingPerMinute: data.LIMIT_PUBLIC_BOOKING_PER_MINUTE,
    },
    webhookAllowPrivate: data.WEBHOOK_ALLOW_PRIVATE,
    calendarAllowPrivate: data.CALENDAR_ALLOW_PRIVATE,
    calendarStaleAfterHours: data.CALENDAR_STALE_AFTER_HOURS,
    signIn: {
      GOOGLE: {
        client: clientOf(data.GOOGLE_CLIENT_ID, data.GOOGLE_CLIENT_SECRET),
        issuerUrl: data.GOOGLE_ISSUER_URL,
        apiUrl: data.GOOGLE_API_URL,
      },
      MICROSOFT: {
        client: clientOf(data.MICROSOFT_CLIENT_ID, data.MICROSOFT_CLIENT_SECRET),
        issuerUrl: data.MICROSOFT_ISSUER_URL,
        apiUrl: data.MICROSOFT_API_URL,
      },
    },
    secretsKey: data.SECRETS_KEY ?? null,
    defaultPlan: data.DEFAULT_PLAN,
    logLevel: data.LOG_LEVEL,
    workerHealthPort: data.WORKER_HEALTH_PORT ?? null,
  };
  return databaseUrl !== undefined && redisUrl !== undefined
    ? { ...settings, name: 'production', databaseUrl, redisUrl, demo: data.DEMO ?? false }
    : { ...settings, name: 'embedded', databaseUrl: null, redisUrl: null, demo: data.DEMO ?? true };
}

/** The profile as it stands once the server listens: the port that was taken for `PORT=0` is known now. */
export function listeningOn(profile: Profile, port: number): Profile {
  const isDefault = profile.baseUrl === defaultBaseUrl(profile.host, profile.port);
  return { ...profile, port, baseUrl: isDefault ? defaultBaseUrl(profile.host, port) : profile.baseUrl };
}

/** The settings as rows of a Markdown table: name, default, meaning. */
export function settingsTable(): string {
  const rows = Object.entries(environment.shape).map(([name, setting]) => {
    const { description, default: told } = setting.meta() ?? {};
    const preset = setting instanceof z.ZodDefault ? String(setting.def.defaultValue) : '';
    return `| \`${name}\` | ${told ? String(told) : preset && `\`${preset}\``} | ${description} |`;
  });
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}

function faultsBetween(given: { [name: string]: string }): string[] {
  const { DATABASE_URL, REDIS_URL, DATABASE_POOL_SIZE } = given;
  const faults: string[] = [];
  if (DATABASE_URL && !REDIS_URL)
    faults.push('DATABASE_URL is set and REDIS_URL is not: set both of them or neither.');
  if (REDIS_URL && !DATABASE_URL)
    faults.push('REDIS_URL is set and DATABASE_URL is not: set both of them or neither.');
  if (!DATABASE_URL && Number(DATABASE_POOL_SIZE) > EMBEDDED_POOL_LIMIT) {
    faults.push(`DATABASE_POOL_SIZE must be at most ${EMBEDDED_POOL_LIMIT} unless DATABASE_URL is set.`);
  }
  for (const provider of ['GOOGLE', 'MICROSOFT']) {
    const [id, secret] = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`];
    if (given[id] && !given[secret])
      faults.push(`${id} is set and ${secret} is not: set both of them or neither.`);
    if (given[secret] && !given[id])
      faults.push(`${secret} is set and ${id} is not: set both of them or neither.`);
    const allowsHttp = ['true', '1'].includes(given['CALENDAR_ALLOW_PRIVATE']?.toLowerCase() ?? '');
    for (const name of [`${provider}_ISSUER_URL`, `${provider}_API_URL`])
      if (/^http:/i.test(given[name] ?? '') && !allowsHttp)
        faults.push(`${name} must begin with https:// unless CALENDAR_ALLOW_PRIVATE is true.`);
  }
  return faults;
}

function clientOf(id: string | undefined, secret: string | undefined): ProviderSettings['client'] {
  return id !== undefined && secret !== undefined ? { id, secret } : null;
}

function defaultBaseUrl(host: string, port: number): string {
  const isLocal = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  return `http://${isLocal ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function defaultSender(baseUrl: string): string {
  const { hostname } = new URL(baseUrl);
  return `LinkTime <no-reply@${isIP(hostname) || hostname.startsWith('[') ? 'localhost' : hostname}>`;
}
