import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { OutboxTurns } from './persistence/outbox.js';

/** What Prometheus reads. Routes are told by their pattern: no ids, and no endless list of labels. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'linktime_http_request_seconds',
    help: 'How long requests took to answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor(turns: OutboxTurns) {
    collectDefaultMetrics({ register: this.registry });
    const oldest = new Gauge({
      name: 'linktime_outbox_oldest_seconds',
      help: 'For how long the oldest event that is still owed has waited',
      registers: [this.registry],
    });
    new Gauge({
      name: 'linktime_outbox_owed',
      help: 'Events whose work is still owed',
      registers: [this.registry],
      async collect() {
        try {
          const backlog = await turns.backlog();
          this.set(backlog.owed);
          oldest.set(backlog.oldestSeconds);
        } catch {
          this.set(Number.NaN); // the database is away: unknown, not zero
          oldest.set(Number.NaN);
        }
      },
    });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** In Prometheus's text format, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
