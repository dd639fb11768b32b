import type { INestApplicationContext } from '@nestjs/common';
import { CalendarRequests } from '../calendars/adapters/calendar-requests.js';
import { DueFollowings } from '../calendars/adapters/due-followings.js';
import { DueMirrorings, MIRRORINGS_CHANNEL } from '../calendars/adapters/due-mirrorings.js';
import { CALENDARS_CHANNEL, DueSyncs } from '../calendars/adapters/due-syncs.js';
import { calendarJobs } from '../calendars/jobs/jobs.js';
import { FollowCalendar } from '../calendars/use-cases/follow-calendar.js';
import { MirrorBooking } from '../calendars/use-cases/mirror-booking.js';
import { SyncCalendar } from '../calendars/use-cases/sync-calendar.js';
import { WatchCalendars } from '../calendars/use-cases/watch-calendars.js';
import { DueDeliveries, WEBHOOK_DELIVERIES_CHANNEL } from '../delivery/adapters/due-deliveries.js';
import { DueEmails, EMAILS_CHANNEL } from '../delivery/adapters/due-emails.js';
import { DueReminders } from '../delivery/adapters/due-reminders.js';
import { deliveryJobs } from '../delivery/jobs/jobs.js';
import { Mailer, type Attempted } from '../delivery/ports.js';
import { DeliverWebhook } from '../delivery/use-cases/deliver-webhook.js';
import { HandleEvent } from '../delivery/use-cases/handle-event.js';
import { Remind } from '../delivery/use-cases/remind.js';
import { SendEmail } from '../delivery/use-cases/send-email.js';
import type { Job, JobName, JobQueue } from '../kernel/job-queue.js';
import { Hourly } from '../platform/hourly.js';
import { Log } from '../platform/log.js';
import { SafeRequests } from '../platform/outgoing/safe-requests.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { OUTBOX_CHANNEL, OutboxTurns } from '../platform/persistence/outbox.js';
import { Relay, type Turns } from '../platform/persistence/relay.js';
import { Watchdog } from '../platform/queue/watchdog.js';
import type { DeliveryMetrics } from './delivery-metrics.js';

/** Every job by name. Each tells of the attempts that it makes and has recorded, so that those before a fault count too. */
type JobWork = Record<JobName, (id: string, tell: (attempted: Attempted) => void) => Promise<void>>;

/** Where what is owed gets done: relays ring, the queue hands on, the jobs work. */
export class Workshop {
  private constructor(
    private readonly relays: readonly Relay[],
    private readonly upkeep: Hourly,
    private readonly queue: JobQueue,
    private readonly watchdog: Watchdog,
    private readonly tools: readonly { close(): Promise<void> }[],
  ) {}

  static open(app: INestApplicationContext, queue: JobQueue, metrics: DeliveryMetrics): Workshop {
    const log = app.get(Log);
    const events = app.get(OutboxTurns);
    const deliveries = app.get(DueDeliveries);
    const relayOf = (what: string, turns: Turns) =>
      new Relay(turns, queue, (error) => {
        metrics.relayFailed(what);
        log.error(error, `${what} could not be relayed`);
      });
    const relay = {
      events: relayOf('events', events),
      deliveries: relayOf('webhooks', deliveries),
      emails: relayOf('mails', app.get(DueEmails)),
      reminders: relayOf('reminders', app.get(DueReminders)),
      calendars: relayOf('calendars', app.get(DueSyncs)),
      mirrorings: relayOf('mirrored bookings', app.get(DueMirrorings)),
      followings: relayOf('followed calendars', app.get(DueFollowings)),
    };
    const notifications = app.get(DatabaseNotifications);
    notifications.on(OUTBOX_CHANNEL, () => relay.events.wake());
    notifications.on(WEBHOOK_DELIVERIES_CHANNEL, () => relay.deliveries.wake());
    notifications.on(EMAILS_CHANNEL, () => relay.emails.wake());
    notifications.on(CALENDARS_CHANNEL, () => relay.calendars.wake());
    notifications.on(MIRRORINGS_CHANNEL, () => relay.mirrorings.wake());

    const work: JobWork = {
      ...deliveryJobs({
        handleEvent: app.get(HandleEvent),
        deliverWebhook: app.get(DeliverWebhook),
        sendEmail: app.get(SendEmail),
        remind: app.get(Remind),
      }),
      ...calendarJobs({
        syncCalendar: app.get(SyncCalendar),
        watchCalendars: app.get(WatchCalendars),
        mirrorBooking: app.get(MirrorBooking),
        followCalendar: app.get(FollowCalendar),
      }),
    };
    const handle = ({ name, id }: Job) => work[name](id, (attempted) => metrics.attempted(attempted));
    metrics.watch(queue);
    const watchdog = new Watchdog(queue, (lane) => {
      metrics.laneReopened(lane);
      log.lines.warn({ lane }, 'jobs waited for a minute and none was handed over: the lane was opened anew');
    });
    const doJob = async (job: Job) => {
      try {
        await orPutOff(events, handle, job);
      } catch (error) {
        metrics.jobFailed(job);
        throw error;
      }
      // There is room for another, and what waited for this to be done with may have its turn.
      if (job.name === 'handle-event') relay.events.wake();
      if (job.name === 'deliver-webhook') relay.deliveries.wake();
      if (job.name === 'send-email') relay.emails.wake();
      if (job.name === 'mirror-booking') relay.mirrorings.wake();
      if (job.name === 'sync-calendar') relay.followings.wake(); // it may have noticed something
    };
    queue.work(watchdog.watching(doJob));
    watchdog.start();

    const upkeep = new Hourly([() => events.prune(), () => deliveries.prune()], (error) =>
      log.error(error, 'what is old could not be forgotten'),
    );
    const relays = Object.values(relay);
    for (const each of relays) each.start();
    return new Workshop(relays, upkeep, queue, watchdog, [
      app.get(Mailer),
      app.get(SafeRequests),
      app.get(CalendarRequests),
    ]);
  }

  /** Takes nothing new and waits for what is under way, `graceMs` at most. What is left is still owed. */
  async close(graceMs: number): Promise<void> {
    this.watchdog.stop();
    await this.upkeep.stop();
    await Promise.all(this.relays.map((relay) => relay.stop()));
    await this.queue.close(graceMs);
    await Promise.all(this.tools.map((tool) => tool.close()));
  }
}

/** An event that cannot be handled waits longer each time; all else that failed unrecorded is rung for again soon. */
async function orPutOff(events: OutboxTurns, handle: (job: Job) => Promise<void>, job: Job): Promise<void> {
  try {
    await handle(job);
  } catch (error) {
    if (job.name === 'handle-event') await events.putOff(job.id, String(error)).catch(() => undefined);
    throw error;
  }
}
