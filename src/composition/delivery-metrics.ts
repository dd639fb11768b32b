import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Attempted } from '../delivery/ports.js';
import { dueKinds, type Backlog, type Due } from '../delivery/reads/backlog.js';
import { lanes, type Job, type JobQueue, type Lane } from '../kernel/job-queue.js';

/** What is owed to the world, as any process may tell it. Unknown (NaN) while the database is away. */
export function showBacklog(registry: Registry, backlog: Backlog): void {
  const owed = asOne(() => Promise.all(dueKinds.map((kind) => backlog.of(kind).catch(() => UNKNOWN))));
  new Gauge({
    name: 'linktime_due',
    help: 'Events, webhook deliveries, mails, reminders, bookings for calendars and changes in calendars that are due and not done, by kind; 100000 at most',
    labelNames: ['kind'] as const,
    registers: [registry],
    async collect() {
      (await owed()).forEach(({ count }, place) => this.set({ kind: dueKinds[place] }, count));
    },
  });
  new Gauge({
    name: 'linktime_due_oldest_seconds',
    help: 'For how long the first of what is due has waited, by kind',
    labelNames: ['kind'] as const,
    registers: [registry],
    async collect() {
      (await owed()).forEach(({ oldestSeconds }, place) =>
        this.set({ kind: dueKinds[place] }, oldestSeconds),
      );
    },
  });
  new Gauge({
    name: 'linktime_webhook_endpoints_disabled',
    help: 'Webhook endpoints that are disabled, by who or what disabled them',
    labelNames: ['reason'] as const,
    registers: [registry],
    async collect() {
      this.reset();
      const disabled = await backlog.disabledEndpoints().catch(() => null);
      for (const reason of ['OWNER', 'GONE', 'FAILING']) {
        const count = disabled && (disabled.find((each) => each.reason === reason)?.count ?? 0);
        this.set({ reason: reason.toLowerCase() }, count ?? Number.NaN);
      }
    },
  });
}

const UNKNOWN: Due = { count: Number.NaN, oldestSeconds: Number.NaN };

/** Several who ask at the same time get one answer. */
function asOne<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => (asked ??= ask().finally(() => (asked = null)));
}

/** What the process that does the jobs can tell of them besides. */
export class DeliveryMetrics {
  private readonly deliveries: Counter<'kind' | 'result'>;
  private readonly seconds: Histogram<'kind'>;
  private readonly jobFaults: Counter<'job'>;
  private readonly relayFaults: Counter<'relay'>;
  private readonly reopenings: Counter<'lane'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.deliveries = new Counter({
      name: 'linktime_deliveries_total',
      help: 'Attempts at webhook deliveries, mails and bookings for calendars, by what came of them',
      labelNames: ['kind', 'result'] as const,
      registers,
    });
    for (const kind of ['webhook', 'mail', 'mirror'])
      for (const result of Object.values(RESULT)) this.deliveries.inc({ kind, result }, 0);
    this.seconds = new Histogram({
      name: 'linktime_delivery_seconds',
      help: 'How long receivers, the mail server and calendars took to answer',
      labelNames: ['kind'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
      registers,
    });
    this.jobFaults = new Counter({
      name: 'linktime_job_faults_total',
      help: 'Jobs that ended in an error of our own',
      labelNames: ['job'] as const,
      registers,
    });
    this.relayFaults = new Counter({
      name: 'linktime_relay_faults_total',
      help: 'Times that what is due could not be rung for',
      labelNames: ['relay'] as const,
      registers,
    });
    this.reopenings = new Counter({
      name: 'linktime_lanes_reopened_total',
      help: 'Times that jobs waited for a minute, none was handed over, and the lane was opened anew',
      labelNames: ['lane'] as const,
      registers,
    });
    for (const lane of lanes) this.reopenings.inc({ lane }, 0);
  }

  /** Tells of the queue: unknown (NaN) while it is away. */
  watch(queue: JobQueue): void {
    new Gauge({
      name: 'linktime_jobs',
      help: 'Jobs that wait or are under way, by lane',
      labelNames: ['lane', 'state'] as const,
      registers: [this.registry],
      async collect() {
        const load = await queue.load().catch(() => null);
        for (const lane of lanes) {
          this.set({ lane, state: 'waiting' }, load?.[lane].waiting ?? Number.NaN);
          this.set({ lane, state: 'under_way' }, load?.[lane].underWay ?? Number.NaN);
        }
      },
    });
  }

  attempted({ kind, outcome, tookMs }: Attempted): void {
    this.deliveries.inc({ kind, result: RESULT[outcome] });
    this.seconds.observe({ kind }, tookMs / 1_000);
  }

  jobFailed({ name }: Job): void {
    this.jobFaults.inc({ job: name });
  }

  relayFailed(relay: string): void {
    this.relayFaults.inc({ relay });
  }

  laneReopened(lane: Lane): void {
    this.reopenings.inc({ lane });
  }
}

const RESULT: Record<Attempted['outcome'], string> = {
  succeeded: 'succeeded',
  retry: 'retried',
  failed: 'failed',
};
