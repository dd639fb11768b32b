import type { INestApplicationContext } from '@nestjs/common';
import { jobHandler } from '../delivery/jobs/jobs.js';
import { HandleEvent } from '../delivery/use-cases/handle-event.js';
import type { JobQueue } from '../kernel/job-queue.js';
import { Log } from '../platform/log.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { OUTBOX_CHANNEL, OutboxTurns } from '../platform/persistence/outbox.js';
import { OutboxRelay } from '../platform/persistence/relay.js';

/** Where what is owed gets done: the relay rings, the queue hands on, the jobs work. */
export class Workshop {
  private constructor(
    private readonly relay: OutboxRelay,
    private readonly queue: JobQueue,
  ) {}

  static open(app: INestApplicationContext, queue: JobQueue): Workshop {
    const log = app.get(Log);
    const turns = app.get(OutboxTurns);
    const relay = new OutboxRelay(turns, queue, (error) =>
      log.error(error, 'the outbox could not be relayed'),
    );
    app.get(DatabaseNotifications).on(OUTBOX_CHANNEL, () => relay.wake());
    const handle = jobHandler({ handleEvent: app.get(HandleEvent) });
    queue.work(async (job) => {
      try {
        await handle(job);
      } catch (error) {
        await turns.putOff(job.eventId, String(error)).catch(() => undefined); // its lease ends all the same
        throw error;
      }
    });
    relay.start();
    return new Workshop(relay, queue);
  }

  /** Takes nothing new and waits for what is under way, `graceMs` at most. What is left is still owed. */
  async close(graceMs: number): Promise<void> {
    await this.relay.stop();
    await this.queue.close(graceMs);
  }
}
