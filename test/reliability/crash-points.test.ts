import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Crash, type Victim } from './crash.js';
import { Guests } from './guests.js';
import { length, report } from './report.js';
import { drain, judge } from './verdict.js';
import { World } from './world.js';

const { times } = length({ short: { times: 1 }, long: { times: 25 } });

/** A moment at which a process dies. */
interface CrashPoint {
  readonly name: string;
  readonly victim: Victim;
  readonly arm: (crash: Crash) => void;
  /** Whether the guest asks without an Idempotency-Key, as most do. */
  readonly withoutKey?: boolean;
}

const points: CrashPoint[] = [
  { name: 'a booking is begun', victim: 'api', arm: (it) => it.before('api', /begin/) },
  { name: 'a booking is to be committed', victim: 'api', arm: (it) => it.before('api', /commit/) },
  {
    name: 'a booking is committed and not told',
    victim: 'api',
    arm: (it) => it.afterCommit('api', /append to outbox/),
  },
  {
    name: 'a booking without a key is to be stored',
    victim: 'api',
    arm: (it) => it.before('api', /claim time of hosts/),
    withoutKey: true,
  },
  {
    name: 'a booking without a key is stored and not told',
    victim: 'api',
    arm: (it) => it.afterStored('api', /claim time of hosts/),
    withoutKey: true,
  },
  {
    name: 'an event is taken',
    victim: 'worker',
    arm: (it) => it.afterChange('worker', /update outbox o set attempts/),
  },
  { name: 'an event is rung for', victim: 'worker', arm: (it) => it.redis(/handle-event/) },
  {
    name: 'an event is to be settled',
    victim: 'worker',
    arm: (it) => it.before('worker', /set handled_at = now/),
  },
  {
    name: 'an event is settled',
    victim: 'worker',
    arm: (it) => it.afterCommit('worker', /set handled_at = now/),
  },
  {
    name: 'a webhook is claimed',
    victim: 'worker',
    arm: (it) => it.afterCommit('worker', /update webhook_deliveries d set under_way/),
  },
  { name: 'a receiver has a webhook', victim: 'worker', arm: (it) => it.hook('taking') },
  { name: 'a receiver has answered', victim: 'worker', arm: (it) => it.hook('taken') },
  {
    name: 'a delivery is to be recorded',
    victim: 'worker',
    arm: (it) => it.before('worker', /insert into webhook_attempts/),
  },
  {
    name: 'a delivery is recorded',
    victim: 'worker',
    arm: (it) => it.afterCommit('worker', /insert into webhook_attempts/),
  },
  {
    name: 'a mail is claimed',
    victim: 'worker',
    arm: (it) => it.afterCommit('worker', /update email_logs l set under_way/),
  },
  { name: 'a mail server has a mail', victim: 'worker', arm: (it) => it.mail('taking') },
  { name: 'a mail server has taken a mail', victim: 'worker', arm: (it) => it.mail('taken') },
  {
    name: 'a mail is to be recorded',
    victim: 'worker',
    arm: (it) => it.before('worker', /set under_way = false, busy_until = null, status = \$3/),
  },
];

describe('A process that dies at the worst moment', () => {
  let world: World;
  let crash: Crash;
  let guests: Guests;

  beforeAll(async () => {
    world = await World.open();
    crash = await Crash.in(world);
    guests = await Guests.of(world);
    await crash.keepUp();
  }, 60_000);
  afterAll(async () => {
    guests?.stop();
    await crash?.close();
    await world?.close();
  });

  it.each(points)(
    'dies when $name',
    async ({ victim, arm, withoutKey = false }) => {
      for (let time = 0; time < times; time += 1) {
        arm(crash);
        const killed = crash.of(victim);
        // A guest may come too late for his slot, and a worker may do what is new along with what it was rung for before.
        const asking = guests.askUntil(killed, !withoutKey);
        await killed;
        await crash.keepUp();
        await asking;
      }
    },
    60_000 * times,
  );

  it('has lost and doubled nothing by all of that', async () => {
    await world.endLeases();
    const drained = await drain(world, 60_000);
    const verdict = await judge(world, guests.asked, drained);
    await report('R5 crash points', null, { points: points.length, times, crashes: crash.count, ...verdict });
    expect(verdict.faults).toEqual([]);
    expect(crash.count).toBe(points.length * times);
  }, 90_000);
});
