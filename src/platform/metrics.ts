import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** How often the event loop is woken to see how late it is. */
const LAG_PRECISION_MS = 50;

/** What Prometheus reads. Routes are told by their pattern: no ids, and no endless list of labels. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'linktime_http_request_seconds',
    help: 'How long requests took to answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** In Prometheus's text format, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
