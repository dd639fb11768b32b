import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { FeedsController } from '../calendars/http/feeds.controller.js';
import { CrmModule } from '../crm/crm.module.js';
import { ContactsController } from '../crm/http/contacts.controller.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventsController } from '../delivery/http/events.controller.js';
import { MeController } from '../identity/http/me.controller.js';
import { IdentityModule } from '../identity/identity.module.js';
import { DataPipe } from '../platform/http/data-pipe.js';
import { HealthController } from '../platform/http/health.controller.js';
import { IdempotentAnswers } from '../platform/http/idempotent-answers.js';
import { ErrorFilter } from '../platform/http/nest-adapter.js';
import { Idempotency } from '../platform/persistence/idempotency.js';
import { provide } from '../platform/provide.js';
import { AvailabilityController } from '../scheduling/http/availability.controller.js';
import { BookingsController } from '../scheduling/http/bookings.controller.js';
import { EventTypesController } from '../scheduling/http/event-types.controller.js';
import { HoldsController } from '../scheduling/http/holds.controller.js';
import { PublicBookingsController } from '../scheduling/http/public-bookings.controller.js';
import { SchedulingModule } from '../scheduling/scheduling.module.js';

/** The API on one screen. `edge` is what only the process that serves it has: its address, health, metrics. */
@Module({
  imports: [IdentityModule, CrmModule, SchedulingModule, DeliveryModule, CalendarsModule],
  controllers: [
    MeController,
    BookingsController,
    ContactsController,
    EventTypesController,
    AvailabilityController,
    PublicBookingsController,
    HoldsController,
    EventsController,
    FeedsController,
    HealthController,
  ],
  providers: [
    provide(IdempotentAnswers, Idempotency),
    { provide: APP_PIPE, useClass: DataPipe },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
})
export class ApiModule {
  static with(core: DynamicModule, edge: Provider[]): DynamicModule {
    return { module: ApiModule, imports: [core], providers: edge };
  }
}
