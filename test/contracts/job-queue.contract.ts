import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobErrorListener, JobQueue } from '../../src/kernel/job-queue.js';
import { eventually } from '../support/eventually.js';

export interface JobQueueStage {
  /** A queue with no jobs in it, up to four handlers at a time, ready to be rung. */
  open(onError: JobErrorListener): Promise<JobQueue>;
  close(): Promise<void>;
}

/** What every job queue promises. */
export function jobQueueContract(name: string, openStage: () => Promise<JobQueueStage>): void {
  describe(`JobQueue: ${name}`, () => {
    let stage: JobQueueStage;
    let queue: JobQueue;
    let errors: [unknown, Job | null][];
    let workshop: Workshop;

    beforeAll(async () => {
      stage = await openStage();
    });
    afterAll(() => stage.close());
    afterEach(async () => {
      workshop.open();
      await queue.close(1_000);
    });

    const open = async () => {
      errors = [];
      workshop = new Workshop();
      queue = await stage.open((error, job) => errors.push([error, job]));
    };
    const handled = (count: number) => eventually(() => workshop.ended.length >= count);

    it('hands each job rung for to the handler, as it was', async () => {
      await open();
      queue.work(workshop.handle);
      await queue.enqueue([job('a'), job('b')]);
      await queue.enqueue([job('c')]);
      await queue.enqueue([]);
      await handled(3);
      expect(workshop.ended.toSorted(byId)).toEqual([job('a'), job('b'), job('c')]);
    });

    it('keeps rings until somebody works, and hands them over in order', async () => {
      await open();
      await queue.enqueue(['a', 'b', 'c'].map(job));
      queue.work(workshop.handle);
      await handled(3);
      expect(workshop.begun).toEqual([job('a'), job('b'), job('c')]);
    });

    it('runs no handler inside the call that rings', async () => {
      await open();
      queue.work(workshop.handle);
      const rung = queue.enqueue([job('a')]);
      expect(workshop.begun).toEqual([]);
      await rung;
      await handled(1);
    });

    it('tells how much waits and is under way, by lane', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue(['a', 'b', 'c', 'd', 'e', 'f'].map(job));
      await eventually(() => workshop.begun.length === 4);
      expect(await queue.load()).toMatchObject({
        database: { waiting: 2, underWay: 4 },
        webhooks: { waiting: 0, underWay: 0 },
        mail: { waiting: 0, underWay: 0 },
        calendars: { waiting: 0, underWay: 0 },
      });
    });

    it('tells of a handler that threw, does not call it again, and goes on with the others', async () => {
      await open();
      const calls: string[] = [];
      queue.work(async ({ id }) => {
        calls.push(id);
        if (id === 'bad') throw new Error('no such event');
      });
      await queue.enqueue([job('bad'), job('good')]);
      await eventually(() => calls.includes('good') && errors.length > 0);
      await queue.enqueue([job('last')]);
      await eventually(() => calls.includes('last'));

      expect(calls.toSorted()).toEqual(['bad', 'good', 'last']);
      expect(errors).toEqual([[new Error('no such event'), job('bad')]]);
    });

    it('hears a job that failed again when it is rung for again', async () => {
      await open();
      let calls = 0;
      queue.work(async () => {
        calls += 1;
        throw new Error(`failure ${calls}`);
      });
      await queue.enqueue([job('a')]);
      await eventually(() => errors.length === 1);
      await eventually(async () => {
        await queue.enqueue([job('a')]);
        await delay(20);
        return errors.length >= 2;
      });
    });

    it('takes many rings for a job that waits for one', async () => {
      await open();
      for (let i = 0; i < 20; i += 1) await queue.enqueue([job('a')]);
      await queue.enqueue([job('z')]);
      queue.work(workshop.handle);
      await handled(2);
      expect(workshop.ended).toEqual([job('a'), job('z')]);
    });

    it('keeps a ring for a job under way until its handler has ended, and many of them as one', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue([job('a')]);
      await eventually(() => workshop.begun.length === 1);
      for (let i = 0; i < 5; i += 1) await queue.enqueue([job('a')]);
      await queue.enqueue([job('b')]);
      await eventually(() => workshop.begun.length === 2);
      expect(workshop.begun).toEqual([job('a'), job('b')]);

      workshop.open();
      await handled(3);
      await queue.enqueue([job('z')]);
      await eventually(() => workshop.ended.some(({ id }) => id === 'z'));
      expect(workshop.ended.toSorted(byId)).toEqual([job('a'), job('a'), job('b'), job('z')]);
      expect(workshop.mostOfOneAtOnce).toBe(1);
    });

    it('works on a few at a time, and on no more', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue(Array.from({ length: 12 }, (_, i) => job(`${i}`)));
      await eventually(() => workshop.begun.length === 4);
      await delay(50);
      expect(workshop.begun).toHaveLength(4);

      workshop.open();
      await handled(12);
      expect(workshop.mostAtOnce).toBe(4);
    });

    it('lets no lane hold up another', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue(
        Array.from({ length: 12 }, (_, i) => ({ name: 'deliver-webhook', id: `slow ${i}` })),
      );
      await eventually(() => workshop.begun.length === 4);
      await queue.enqueue([job('a'), { name: 'send-email', id: 'mail' }]);
      await eventually(() => workshop.begun.length === 6);
      expect(workshop.begun.slice(4).toSorted(byId)).toEqual([job('a'), { name: 'send-email', id: 'mail' }]);
    });

    it('loses no job and runs none twice at once when all ring at once', async () => {
      await open();
      queue.work(workshop.handle);
      const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
      await Promise.all([...ids, ...ids, ...ids, ...ids].map((id) => queue.enqueue([job(id)])));
      await eventually(() => new Set(workshop.ended.map(({ id }) => id)).size === 50);
      expect(workshop.mostOfOneAtOnce).toBe(1);
      expect(errors).toEqual([]);
    });

    it('goes on with what waits and what is rung for when a lane is reopened', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue(['a', 'b', 'c', 'd', 'e'].map(job));
      await eventually(() => workshop.begun.length === 4);
      queue.reopen('database');
      workshop.open();
      await handled(5);
      await queue.enqueue([job('f')]);
      await eventually(() => workshop.ended.some(({ id }) => id === 'f'));
      expect(errors).toEqual([]);
    });

    it('waits with closing for the handlers under way, and begins no other', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue(Array.from({ length: 8 }, (_, i) => job(`${i}`)));
      await eventually(() => workshop.begun.length === 4);

      let closed = false;
      const closing = queue.close(10_000).then(() => (closed = true));
      await delay(50);
      expect(closed).toBe(false);
      workshop.open();
      await closing;
      expect(workshop.ended).toHaveLength(4);
      expect(workshop.begun).toHaveLength(4);
    });

    it('closes without a handler that does not end in time', async () => {
      await open();
      workshop.shut();
      queue.work(workshop.handle);
      await queue.enqueue([job('endless')]);
      await eventually(() => workshop.begun.length === 1);

      const began = performance.now();
      await queue.close(100);
      expect(performance.now() - began).toBeLessThan(2_000);
    });

    it('refuses rings once closed', async () => {
      await open();
      await queue.close(0);
      await expect(queue.enqueue([job('a')])).rejects.toThrow();
    });
  });
}

function job(id: string): Job {
  return { name: 'handle-event', id };
}

function byId(a: Job, b: Job): number {
  return a.id < b.id ? -1 : 1;
}

/** A handler that remembers what it did, and whose work can be held up. */
class Workshop {
  readonly begun: Job[] = [];
  readonly ended: Job[] = [];
  mostAtOnce = 0;
  mostOfOneAtOnce = 0;
  private readonly running: Job[] = [];
  private gate: Promise<void> = Promise.resolve();
  open: () => void = () => undefined;

  /** Work begun from now on does not end before `open`. */
  shut(): void {
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  readonly handle = async (job: Job): Promise<void> => {
    this.begun.push(job);
    this.running.push(job);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running.length);
    const ofThis = this.running.filter(({ id }) => id === job.id).length;
    this.mostOfOneAtOnce = Math.max(this.mostOfOneAtOnce, ofThis);
    await this.gate;
    this.running.splice(this.running.indexOf(job), 1);
    this.ended.push(job);
  };
}
