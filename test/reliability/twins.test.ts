import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { bookingOf, inDays } from '../support/bookings.js';
import type { Offer } from '../support/owners.js';
import { startServer, type RunningServer } from '../support/server.js';
import { Crash } from './crash.js';
import { length, report } from './report.js';
import { World } from './world.js';

const { rounds, twins } = length({ short: { rounds: 3, twins: 20 }, long: { rounds: 100, twins: 60 } });

interface Told {
  readonly body: string;
  /** Whether it was told as something that had been done before. */
  readonly isReplay: boolean;
}

describe('Many requests at once under one Idempotency-Key, whose process dies between commit and answer', () => {
  let world: World;
  let crash: Crash;
  let bystander: RunningServer;
  let offer: Offer;

  beforeAll(async () => {
    world = await World.open();
    crash = await Crash.in(world);
    bystander = await startServer(world.settings);
    offer = await world.owners.offer(await world.owners.add());
  }, 60_000);
  afterAll(async () => {
    await bystander?.kill();
    await crash?.close();
    await world?.close();
  });

  /** Asks one process, and when that has no answer the other, until there is one. */
  async function askUntilTold(key: string, startTime: string, first: string): Promise<Told> {
    for (let url = first; ; url = bystander.url) {
      const answer = await fetch(`${url}/api/bookings`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
        body: JSON.stringify(bookingOf(offer, startTime, { inviteeEmail: `${key}@example.com` })),
      }).catch(() => null);
      const body = answer && (await answer.text().catch(() => null));
      if (answer?.status === 201 && body !== null)
        return { body, isReplay: answer.headers.get('idempotency-replayed') === 'true' };
      const isAtWork = answer?.status === 409 && body?.includes('still in progress');
      if (answer && body !== null && !isAtWork && answer.status !== 503)
        throw new Error(`Answered ${answer.status}: ${body}`);
      await delay(50);
    }
  }

  it(
    'make one booking, and are all told the same of it',
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        await crash.keepUp();
        const key = `twins-${round}`;
        const startTime = inDays(3 + (round % 50), round < 50 ? '10:00' : '15:00');
        crash.afterCommit('api', /append to outbox/);
        const killed = crash.of('api');
        const victim = world.apis[0]!.url;
        const told = await Promise.all([
          killed,
          ...Array.from({ length: twins }, () => askUntilTold(key, startTime, victim)),
        ]).then(([, ...answers]) => answers);

        expect(new Set(told.map(({ body }) => body)).size).toBe(1);
        expect(told.every(({ isReplay }) => isReplay)).toBe(true); // whoever was first was never told
        const made = await world.query(
          `select (select count(*)::int from bookings where invitee_email = $1) as bookings,
           (select count(*)::int from contacts where email = $1) as contacts,
           (select count(*)::int from outbox where name = 'booking.created' and data -> 'invitee' ->> 'email' = $1) as events`,
          [`${key}@example.com`],
        );
        expect(made).toEqual([{ bookings: 1, contacts: 1, events: 1 }]);
      }
      await report('R3 twins', null, { rounds, twins, crashes: crash.count });
      expect(crash.count).toBe(rounds);
    },
    60_000 * rounds,
  );
});
