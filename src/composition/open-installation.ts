import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { CalendarRequests } from '../calendars/adapters/calendar-requests.js';
import type { Answer } from '../command-line/answer.js';
import type { OpenInstallation } from '../command-line/installation.js';
import { formatInstant } from '../kernel/instant-text.js';
import { Log } from '../platform/log.js';
import { DatabaseClock } from '../platform/persistence/database-clock.js';
import { EventTypeReads } from '../scheduling/reads/event-type-reads.js';
import { Closing } from './closing.js';
import { openCore } from './core.js';
import { findDemoOwner, makeDemo, type Services } from './demo.js';
import type { Profile } from './profile.js';
import { ToolModule } from './tool.module.js';
import { firstSteps } from './tour.js';

/** The installation as the command line tool works on it: no server, no jobs, and nothing logged. */
export function openInstallation(profile: Profile): Promise<OpenInstallation> {
  return Closing.unless(async (closing) => {
    const { adapters, module, migrated } = await openCore(profile, new Log('silent'));
    closing.add(() => adapters.close());
    const app = await NestFactory.createApplicationContext(ToolModule.with(module), {
      logger: false,
      abortOnError: false,
    });
    closing.add(() => app.get(CalendarRequests).close());
    const dataSource = await app.get(DataSource).initialize();
    closing.add(() => dataSource.destroy());
    const clock = app.get(DatabaseClock);
    closing.add(() => clock.stop());
    await clock.start();
    return {
      migrated,
      defaultPlan: profile.defaultPlan,
      get: (what) => app.get(what),
      seed: () => seed(app, profile),
      close: () => closing.close(),
    };
  });
}

async function seed(services: Services, profile: Profile): Promise<Answer> {
  const made = await makeDemo(services);
  const key = made && { ...made, expiresAt: made.expiresAt && formatInstant(made.expiresAt) };
  const user = (await findDemoOwner(services))!;
  const { data: eventTypes } = await services
    .get(EventTypeReads)
    .list(user.id, { page: 1, limit: 100 }, true);
  const steps = await firstSteps(services, made?.key ?? null, profile);
  const text = made ? steps : `There is a demo owner already, ${user.email}.\n\n${steps}`;
  return { value: { made: made !== null, user, key, eventTypes }, text };
}
