import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { answers, inTurn, Receiver } from '../support/receivers.js';
import { runCli } from '../support/server.js';

const MINUTE = 60_000;

describe('what Prometheus reads', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;
  let receiver: Receiver;
  let workerUrl: string;
  beforeAll(async () => {
    const workerPort = await freePort();
    workerUrl = `http://127.0.0.1:${workerPort}`;
    linktime = await Installation.production({
      ...withoutLimits,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WORKER_HEALTH_PORT: `${workerPort}`,
    });
    [anyone, receiver] = await Promise.all([linktime.startClient(), Receiver.open(answers(200))]);
    await linktime.startWorker();
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
  }, MINUTE);
  afterEach(async () => {
    await linktime.query('delete from webhook_endpoints');
    await linktime.query('delete from outbox');
  });
  afterAll(async () => {
    await linktime?.close();
    await receiver?.close();
  });

  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, '--json'], linktime.settings);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as unknown;
  };
  const listen = () =>
    cli(
      ...['webhooks', 'create', '--user', owner.email, '--url', receiver.url],
      ...['--events', 'booking.created'],
    ) as Promise<{ id: string }>;
  const worker = () => read(workerUrl);
  const untilWorkerSays = (sample: string, value: number) =>
    eventually(async () => (await worker()).get(sample) === value || null);

  it(
    'are deliveries as they succeed, are put off and are given up, and how long they took',
    async () => {
      const { id } = await listen();
      receiver.behave(inTurn(answers(500), answers(200), answers(410)));
      await book(anyone, offer, inDays(10, '10:00'));
      await untilWorkerSays('linktime_deliveries_total{kind="webhook",result="succeeded"}', 1);
      await cli('webhooks', 'test', id);
      await untilWorkerSays('linktime_deliveries_total{kind="webhook",result="failed"}', 1);
      await untilWorkerSays('linktime_deliveries_total{kind="mail",result="succeeded"}', 2);

      const samples = await worker();
      expect(Object.fromEntries(samples)).toMatchObject({
        'linktime_deliveries_total{kind="webhook",result="retried"}': 1,
        'linktime_deliveries_total{kind="mail",result="failed"}': 0,
        'linktime_delivery_seconds_count{kind="webhook"}': 3,
        'linktime_delivery_seconds_count{kind="mail"}': 2,
        'linktime_webhook_endpoints_disabled{reason="gone"}': 1,
        'linktime_webhook_endpoints_disabled{reason="owner"}': 0,
        'linktime_jobs{lane="webhooks",state="waiting"}': 0,
        'linktime_due{kind="event"}': 0,
        'linktime_lanes_reopened_total{lane="webhooks"}': 0,
      });
    },
    MINUTE,
  );

  it('are what is due and since when, also where no jobs are done', async () => {
    await linktime.query(
      `insert into outbox (id, name, owner_id, subject_id, data, occurred_at, next_attempt_at, attempts, last_error)
       values ('evt_stuck', 'contact.created', $1, gen_random_uuid(), '{}', now() - interval '2 hours',
         now() + interval '1 hour', 7, 'Something is wrong')`,
      [owner.id],
    );
    for (const url of [anyone.url, workerUrl]) {
      const samples = await read(url);
      expect(samples.get('linktime_due{kind="event"}')).toBe(1);
      expect(samples.get('linktime_due_oldest_seconds{kind="event"}')).toBeGreaterThanOrEqual(7_200);
      expect(samples.get('linktime_due{kind="webhook"}')).toBe(0);
      expect(samples.get('linktime_due_oldest_seconds{kind="webhook"}')).toBe(0);
    }
    expect([...(await read(anyone.url)).keys()].filter((name) => name.startsWith('linktime_jobs'))).toEqual(
      [],
    );
  });

  it(
    'show an event that fails again and again, which the command line lists and tries again',
    async () => {
      await linktime.query(
        `insert into outbox (id, name, owner_id, subject_id, data, occurred_at, next_attempt_at, attempts, last_error)
         values ('evt_late', 'contact.created', $1, gen_random_uuid(), '{}', now(), now() + interval '1 hour', 7, 'Oh no')`,
        [owner.id],
      );
      expect(await cli('events', 'owed')).toEqual([
        expect.objectContaining({
          ...{ id: 'evt_late', event: 'contact.created', user: owner.email },
          ...{ attempts: 7, lastError: 'Oh no' },
        }),
      ]);
      expect(await runCli(['events', 'retry', 'evt_other'], linktime.settings)).toEqual({
        ...{ code: 1, stdout: '' },
        stderr: 'There is no such event whose work is still owed.\n',
      });
      expect((await runCli(['events', 'retry'], linktime.settings)).stderr).toContain('--all');

      expect(await cli('events', 'retry', 'evt_late')).toMatchObject({ id: 'evt_late' });
      await untilWorkerSays('linktime_due{kind="event"}', 0);
      expect(await cli('events', 'owed')).toEqual([]);
      expect(await cli('events', 'retry', '--all')).toEqual({ retried: 0 });
    },
    MINUTE,
  );
});

/** Every sample by its name with labels. Throws if a line is no line of Prometheus's text format, or a sample has no type. */
async function read(url: string): Promise<Map<string, number>> {
  const answer = await fetch(`${url}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const types = new Set<string>();
  const samples = new Map<string, number>();
  for (const line of (await answer.text()).split('\n')) {
    const [, typed] = /^# TYPE (\w+) (?:counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (typed) types.add(typed);
    if (line === '' || line.startsWith('# ')) continue;
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || samples.has(name + labels)) throw new Error(`Not a sample: ${line}`);
    if (!types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/, '')))
      throw new Error(`No type: ${line}`);
    samples.set(name + labels, Number(value!.replace('Inf', 'Infinity')));
  }
  return samples;
}

const SAMPLE =
  /^([a-z_]\w*)(\{(?:[a-z_]\w*="(?:[^"\\\n]|\\.)*",?)+\})? (NaN|[+-]?(?:Inf|[\d.]+(?:e[+-]?\d+)?))$/i;
