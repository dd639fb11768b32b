import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BookingLoad } from '../support/booking-load.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Owner } from '../support/owners.js';
import type { RunningProcess, RunningServer } from '../support/server.js';

const AT_ONCE = 8;
const LONG = 120_000;

/** What becomes of bookings when the processes of a profile are killed, or told to stop, in the middle of them. */
export function crashContract(profile: 'embedded' | 'production'): void {
  describe(`a process that ends under load, ${profile}`, () => {
    let linktime: Installation;
    let owner: Owner;
    let load: BookingLoad;

    beforeEach(async () => {
      linktime = await Installation[profile]();
      owner = await linktime.owners.add();
      load = new BookingLoad(await linktime.owners.offer(owner));
    });
    afterEach(() => linktime.close());

    /** All processes that the profile consists of; the first serves the API. */
    async function startAll(): Promise<[RunningServer, ...RunningProcess[]]> {
      const server = await linktime.startApi();
      return profile === 'embedded' ? [server] : [server, await linktime.startWorker()];
    }

    /** Runs the load and ends what `end` ends as soon as some bookings more are confirmed. */
    async function loadUntil(url: string, end: () => Promise<unknown>): Promise<void> {
      const enough = load.confirmed.length + 40;
      const running = load.run(url, AT_ONCE);
      await eventually(() => load.confirmed.length >= enough, 30_000);
      await end();
      await running;
    }

    it(
      'by kill -9 has lost nothing that was confirmed and done nothing twice',
      async () => {
        const processes = await startAll();
        await loadUntil(processes[0].url, () =>
          Promise.all(processes.map((process) => process.kill('SIGKILL'))),
        );
        expect(load.unanswered).toHaveLength(AT_ONCE);

        const [server] = await startAll();
        await load.retry(server.url);
        expect(load.unanswered).toEqual([]);
        await expectEachOnce();

        // The leases of the dead run out; locked in order, as who handles events locks them.
        await linktime.query(
          `update outbox set next_attempt_at = now() where id in (
             select id from outbox where handled_at is null order by owner_id, position for update)`,
        );
        await eventually(async () => (await owed()) === 0, 60_000);
        expect(await mails()).toEqual(
          load.wishes
            .flatMap(({ id, inviteeEmail }) => [
              { id, type: 'BOOKING_CONFIRMATION', recipient: inviteeEmail },
              { id, type: 'BOOKING_NOTIFICATION', recipient: owner.email },
            ])
            .toSorted(byText),
        );
      },
      LONG,
    );

    it(
      'by SIGTERM answers all it has accepted, and ends well within ten seconds',
      async () => {
        const [server] = await startAll();
        let code: number | null = null;
        let tookMs = Infinity;
        await loadUntil(server.url, async () => {
          const began = performance.now();
          code = await server.stop();
          tookMs = performance.now() - began;
        });
        expect(code).toBe(0);
        expect(tookMs).toBeLessThan(10_000);
        // What got no answer never came in: nothing came of it.
        expect(await bookings()).toEqual(
          load.confirmed.map(({ id, startTime }) => ({ id, startTime })).toSorted(byText),
        );
      },
      LONG,
    );

    it(
      'by SIGTERM finishes what is under way while it takes nothing new',
      async () => {
        const [server] = await startAll();
        const lock = linktime.dataSource.createQueryRunner();
        await lock.startTransaction();
        await lock.query('lock table bookings in access exclusive mode');
        const running = load.run(server.url, AT_ONCE);
        await eventually(async () => (await waiting()) >= AT_ONCE);

        const began = performance.now();
        const stopped = server.stop();
        await eventually(() =>
          fetch(`${server.url}/health/live`, { headers: { Connection: 'close' } }).then(
            () => false,
            () => true,
          ),
        );
        await lock.rollbackTransaction();
        await lock.release();
        expect(await stopped).toBe(0);
        expect(performance.now() - began).toBeLessThan(10_000);

        await running;
        expect(load.confirmed).toHaveLength(AT_ONCE);
        expect(await bookings()).toEqual(
          load.confirmed.map(({ id, startTime }) => ({ id, startTime })).toSorted(byText),
        );
      },
      LONG,
    );

    async function expectEachOnce(): Promise<void> {
      expect(await bookings()).toEqual(
        load.wishes.map(({ id, startTime }) => ({ id, startTime })).toSorted(byText),
      );
      const made = await linktime.query<{ name: string; count: number; of: number }>(
        `select name, count(*)::int, count(distinct subject_id)::int as of from outbox group by name order by name`,
      );
      const count = load.wishes.length;
      expect(made).toEqual([
        { name: 'booking.created', count, of: count },
        { name: 'contact.created', count, of: count },
      ]);
    }

    async function bookings(): Promise<{ id: string; startTime: string }[]> {
      const rows = await linktime.query<{ id: string; startTime: string }>(
        `select id, starts_at as "startTime" from bookings where status = 'CONFIRMED'`,
      );
      return rows.toSorted(byText);
    }

    const mails = async () =>
      (await linktime.query('select booking_id as id, type, recipient from email_logs')).toSorted(byText);
    const owed = async () =>
      (
        await linktime.query<{ count: number }>(`select count(*)::int from outbox where handled_at is null`)
      )[0]!.count;
    const waiting = async () =>
      (
        await linktime.query<{ count: number }>(
          `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      )[0]!.count;
  });
}

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
