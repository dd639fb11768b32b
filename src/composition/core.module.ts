import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Duration } from '@js-joda/core';
import { DataSource } from 'typeorm';
import { CalendarRequests } from '../calendars/adapters/calendar-requests.js';
import { SignInSettings } from '../calendars/adapters/sign-in-settings.js';
import { StaleAfter } from '../calendars/domain/stale-after.js';
import { Mailer } from '../delivery/ports.js';
import { ApiKeyRow, UserRow } from '../identity/adapters/tables.js';
import { ContactRow } from '../crm/adapters/tables.js';
import { Clock } from '../kernel/clock.js';
import { Ids, RandomIds } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { DerivedSecrets } from '../platform/derived-secrets.js';
import { BaseUrl } from '../platform/http/base-url.js';
import { Log } from '../platform/log.js';
import { SafeRequests } from '../platform/outgoing/safe-requests.js';
import { makeDataSource } from '../platform/persistence/data-source.js';
import { DatabaseClock } from '../platform/persistence/database-clock.js';
import { Idempotency } from '../platform/persistence/idempotency.js';
import { DatabaseNotifications } from '../platform/persistence/notifications.js';
import { Outbox, OutboxTurns } from '../platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { SealedText } from '../platform/sealed-text.js';
import type { Adapters } from './adapters.js';
import { MailerOfSettings } from './mailer.js';
import type { Profile } from './profile.js';
import { sealingKeyOf } from './secrets.js';

/** The row classes of all modules. */
export const rows = [UserRow, ApiKeyRow, ContactRow];

/** What every module stands on: the profile's adapters, the database, the clock. */
@Global()
@Module({})
export class CoreModule {
  static with(profile: Profile, adapters: Adapters, log: Log, baseUrl: BaseUrl): DynamicModule {
    const providers: Provider[] = [
      { provide: Log, useValue: log },
      { provide: BaseUrl, useValue: baseUrl },
      { provide: Mailer, useFactory: () => new MailerOfSettings(profile, log, baseUrl) },
      {
        provide: SafeRequests,
        useFactory: () => new SafeRequests({ allowPrivate: profile.webhookAllowPrivate }),
      },
      {
        provide: CalendarRequests,
        useFactory: () => new CalendarRequests({ allowPrivate: profile.calendarAllowPrivate }),
      },
      { provide: StaleAfter, useValue: new StaleAfter(Duration.ofHours(profile.calendarStaleAfterHours)) },
      {
        provide: SignInSettings,
        useFactory: () => new SignInSettings(profile.signIn, profile.calendarAllowPrivate),
      },
      { provide: SealedText, useFactory: () => new SealedText(() => sealingKeyOf(profile)) },
      { provide: DerivedSecrets, useFactory: () => new DerivedSecrets(() => sealingKeyOf(profile)) },
      {
        provide: DataSource,
        useFactory: () =>
          makeDataSource({ url: adapters.databaseUrl, poolSize: profile.databasePoolSize, rows }),
      },
      { provide: DatabaseNotifications, useFactory: () => new DatabaseNotifications(adapters.databaseUrl) },
      provide(DatabaseClock, DataSource),
      { provide: Clock, useExisting: DatabaseClock },
      provideAs(Ids, RandomIds),
      provide(Sql, DataSource),
      provide(Session, DataSource),
      provideAs(UnitOfWork, PostgresUnitOfWork, Session),
      provide(Outbox, Session, Ids),
      provide(OutboxTurns, DataSource, Session, UnitOfWork),
      provide(Idempotency, Session, UnitOfWork, Clock),
    ];
    return { module: CoreModule, providers, exports: providers.map((provider) => tokenOf(provider)) };
  }
}

function tokenOf(provider: Provider): never {
  return ('provide' in provider ? provider.provide : provider) as never;
}
