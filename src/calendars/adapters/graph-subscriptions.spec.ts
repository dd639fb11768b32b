import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Duration, Instant } from '@js-joda/core';
import { eventually } from '../../../test/support/eventually.js';
import { GraphAccount } from '../../../test/support/graph-account.js';
import { graphError } from '../../../test/support/graph-server.js';
import { answers, Receiver, type Behaviour } from '../../../test/support/receivers.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { Watch } from '../ports.js';

const CAL = 'cal-default';

/** As whoever is told must answer: a validation token is said back, all else is taken. */
const listens: Behaviour = (response, { path }) => {
  const token = new URL(path, 'http://localhost').searchParams.get('validationToken');
  if (token === null) response.writeHead(202).end();
  else response.writeHead(200, { 'content-type': 'text/plain' }).end(token);
};

describe('Being told of changes by Microsoft', () => {
  let microsoft: GraphAccount;
  let listener: Receiver;

  beforeEach(async () => {
    [microsoft, listener] = await Promise.all([GraphAccount.open(), Receiver.open(listens)]);
  });
  afterEach(() => Promise.all([microsoft.close(), listener.close()]));

  const watch = (former: Watch | null = null, secret = 'secret') =>
    microsoft.calendar.watch(microsoft.account, CAL, { address: listener.url, secret, former });
  const subscriptions = () => [...microsoft.graph.subscriptions.values()];

  it('is told with the secret whenever an event comes, changes or goes', async () => {
    await watch();
    const { id } = microsoft.graph.add(CAL, { start: '2026-01-05T10:00:00', end: '2026-01-05T11:00:00' });
    microsoft.graph.move(String(id), { start: '2026-01-06T10:00:00', end: '2026-01-06T11:00:00' });
    microsoft.graph.delete(String(id));
    const told = await eventually(() => {
      const bodies = listener.requests.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body));
      return bodies.length === 3 && bodies.map(({ value }) => value[0]);
    });
    expect(told.map(({ changeType }: { changeType: string }) => changeType).toSorted()).toEqual([
      'created',
      'deleted',
      'updated',
    ]);
    expect(told).toContainEqual(expect.objectContaining({ clientState: 'secret' }));
  });

  it('lasts for as long as Graph lets it, which is less than seven days', async () => {
    const { expiresAt } = (await watch())!;
    const length = Duration.between(Instant.ofEpochMilli(Date.now()), expiresAt).toHours();
    expect([166, 167]).toContain(length);
    expect(subscriptions()).toMatchObject([
      { resource: `me/calendars/${CAL}/events`, clientState: 'secret' },
    ]);
  });

  it('is renewed rather than made twice', async () => {
    const first = (await watch())!;
    const second = (await watch(first))!;
    expect(second.handle).toBe(first.handle);
    expect(second.expiresAt.isBefore(first.expiresAt)).toBe(false);
    expect(subscriptions()).toHaveLength(1);
    expect(microsoft.asked).toEqual([
      'POST /v1.0/subscriptions',
      `PATCH /v1.0/subscriptions/${subscriptions()[0]!.id}`,
    ]);
  });

  it('is made anew where Graph ended it, or where nothing is known of it', async () => {
    const first = (await watch())!;
    microsoft.graph.subscriptions.clear();
    const second = (await watch(first))!;
    expect(second.handle).not.toBe(first.handle);
    expect(subscriptions()).toHaveLength(1);
    for (const handle of ['nonsense', '{}', 'null', '{"id":7,"of":"x"}'])
      expect(await watch({ ...first, handle })).not.toBeNull();
  });

  it('is replaced where the secret is another, even if the former cannot be ended now', async () => {
    const first = (await watch())!;
    const second = (await watch(first, 'other secret'))!;
    expect(subscriptions()).toMatchObject([{ clientState: 'other secret' }]);
    microsoft.graph.fail(graphError(503, 'ServiceUnavailable'), { on: /^DELETE/ });
    expect(await watch(second, 'third secret')).not.toBeNull();
  });

  it('ends, and once more', async () => {
    const first = (await watch())!;
    await microsoft.calendar.unwatch(microsoft.account, first);
    await microsoft.calendar.unwatch(microsoft.account, first);
    await microsoft.calendar.unwatch(microsoft.account, { ...first, handle: 'nonsense' });
    expect(subscriptions()).toEqual([]);
  });

  it('is not to be had where the account does not permit it', async () => {
    microsoft.graph.fail(graphError(403, 'ExtensionError'));
    expect(await watch()).toBeNull();
  });

  it('says what is wrong where nobody answers at the address, or Graph does not', async () => {
    listener.behave(answers(404));
    await expect(watch()).rejects.toThrow(CalendarUnreadable);
    microsoft.graph.fail(graphError(503, 'ServiceUnavailable', '9'));
    await expect(watch()).rejects.toThrow(CalendarUnavailable);
    for (const answer of [answers(201, '{}'), answers(201, 'ok')]) {
      microsoft.graph.fail(answer);
      await expect(watch()).rejects.toThrow(CalendarUnreadable);
    }
    expect(subscriptions()).toEqual([]);
  });
});
