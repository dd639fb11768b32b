import { Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { Outbox } from '../platform/persistence/outbox.js';
import { Session } from '../platform/persistence/session.js';
import { provide, provideAs } from '../platform/provide.js';
import { OutboxOwedEvents } from './adapters/outbox-owed-events.js';
import { PostgresEmailLog } from './adapters/postgres-email-log.js';
import { PostgresOwnerAddresses } from './adapters/postgres-owner-addresses.js';
import { EmailLog, OwedEvents, OwnerAddresses } from './ports.js';
import { HandleEvent } from './use-cases/handle-event.js';

@Module({
  providers: [
    provide(HandleEvent, OwedEvents, EmailLog, OwnerAddresses, UnitOfWork, Clock, Ids),
    provideAs(OwedEvents, OutboxOwedEvents, Outbox),
    provideAs(EmailLog, PostgresEmailLog, Session),
    provideAs(OwnerAddresses, PostgresOwnerAddresses, Session),
  ],
  exports: [HandleEvent],
})
export class DeliveryModule {}
