import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { eventually } from '../../../test/support/eventually.js';
import { stageGoogle, type GoogleStage } from '../../../test/support/google-account.js';
import { googleRefuses } from '../../../test/support/google-server.js';
import { answers, Receiver } from '../../../test/support/receivers.js';
import { CalendarGone, CalendarUnavailable } from '../domain/errors.js';
import type { Watch } from '../ports.js';

describe('A watch on a Google calendar', () => {
  let stage: GoogleStage;
  let hook: Receiver;
  let id: string;

  beforeEach(async () => {
    [stage, hook] = await Promise.all([stageGoogle(), Receiver.open(answers(200))]);
    id = stage.google.addCalendar();
  });
  afterEach(async () => {
    await stage.close();
    await hook.close();
  });

  const watch = (former: Watch | null = null, calendarId = id) =>
    stage.calendar.watch(stage.account, calendarId, { address: hook.url, secret: 'the secret', former });
  const states = () => hook.requests.map(({ headers }) => headers['x-goog-resource-state']);
  const addEvent = () =>
    stage.google.addEvent(id, {
      start: { dateTime: '2026-02-10T10:00:00Z' },
      end: { dateTime: '2026-02-10T11:00:00Z' },
    });

  it('has Google tell of every change, with the secret, until a time', async () => {
    const { expiresAt } = (await watch())!;
    expect(expiresAt).toEqual(Instant.ofEpochMilli(stage.google.channels[0]!.expiration));
    addEvent();
    await eventually(() => hook.requests.length === 2);
    expect(states().sort()).toEqual(['exists', 'sync']);
    for (const { headers } of hook.requests) expect(headers['x-goog-channel-token']).toBe('the secret');
  });

  it('takes the place of the former one, which is told nothing more', async () => {
    const former = await watch();
    const next = await watch(former);
    expect(next!.handle).not.toBe(former!.handle);
    expect(stage.google.channels.map((channel) => channel.id)).toEqual([
      (JSON.parse(next!.handle) as { id: string }).id,
    ]);
  });

  it('stands though the former one cannot be ended', async () => {
    const former = await watch();
    for (const behaviour of [googleRefuses(500, 'backendError'), googleRefuses(404, 'notFound')]) {
      stage.google.fail(behaviour, { when: ({ path }) => path.endsWith('/channels/stop') });
      expect(await watch(former)).not.toBeNull();
    }
    expect(await watch({ ...former!, handle: 'nonsense' })).not.toBeNull();
  });

  it('leaves the former one alone if it does not come about', async () => {
    const former = await watch();
    stage.google.fail(googleRefuses(503, 'backendError'));
    await expect(watch(former)).rejects.toThrow(CalendarUnavailable);
    await expect(watch(former, 'gone')).rejects.toThrow(CalendarGone);
    expect(stage.google.channels).toHaveLength(1);
  });

  it('ends when it is to, also twice', async () => {
    const { calendar, account, google } = stage;
    const opened = (await watch())!;
    await calendar.unwatch(account, opened);
    await calendar.unwatch(account, opened);
    await calendar.unwatch(account, { ...opened, handle: '{"id":7}' });
    expect(google.channels).toEqual([]);
  });

  it.each([
    ['such a calendar is never told of', 400, 'pushNotSupportedForRequestedResource'],
    ['the address is none that Google will tell', 401, 'push.webhookUrlUnauthorized'],
    ['the account may not', 403, 'forbidden'],
  ])('is none where %s', async (_, status, reason) => {
    stage.google.accepts = () => true;
    stage.google.fail(googleRefuses(status, reason), { times: 2 });
    expect(await watch()).toBeNull();
  });

  it('is none where Google does not say for how long', async () => {
    for (const expiration of [undefined, 'soon', '99999999999999999999', -1]) {
      stage.google.fail(answers(200, JSON.stringify({ id: 'a', resourceId: 'b', expiration })));
      expect(await watch()).toBeNull();
    }
  });
});
