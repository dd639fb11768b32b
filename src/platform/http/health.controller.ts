import { Controller, Get, Header } from '@nestjs/common';
import { Health, type HealthView } from '../health.js';
import { Metrics } from '../metrics.js';
import { Refusal } from './answers.js';
import { ApiExcludeController } from './described.js';
import { Readiness } from './readiness.js';

/** For those who keep the process running: load balancers, orchestrators, Prometheus. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
  ) {}

  /** What this process is and how it fares; always 200 while it can answer at all. */
  @Get('health')
  show(): Promise<HealthView> {
    return this.health.view();
  }

  /** The process is alive. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'alive' };
  }

  /** It can serve: not draining, and the database answers. */
  @Get('health/ready')
  async ready(): Promise<{ status: string }> {
    if (this.readiness.draining)
      throw Refusal.of(503, 'The service is shutting down', { 'Retry-After': '1' });
    if (!(await this.health.databaseAnswers())) {
      throw Refusal.of(503, 'The database does not answer', { 'Retry-After': '1' });
    }
    return { status: 'ready' };
  }

  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  prometheus(): Promise<string> {
    return this.metrics.text();
  }
}
