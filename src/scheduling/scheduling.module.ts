import { Module } from '@nestjs/common';
import { CrmModule } from '../crm/crm.module.js';
import { AddInvitee } from '../crm/use-cases/add-invitee.js';
import { FindOrCreateContact } from '../crm/use-cases/find-or-create-contact.js';
import { LookUpContact } from '../crm/use-cases/look-up-contact.js';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { Outbox } from '../platform/persistence/outbox.js';
import { Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { CrmContactBook } from './adapters/crm-contact-book.js';
import { PostgresAgendas } from './adapters/postgres-agendas.js';
import { PostgresBookings } from './adapters/postgres-bookings.js';
import { PostgresEventTypes } from './adapters/postgres-event-types.js';
import { PostgresHolds } from './adapters/postgres-holds.js';
import { Agendas, Bookings, ContactBook, EventTypes, Holds } from './ports.js';
import { BookingCounts } from './reads/booking-counts.js';
import { BookingReads } from './reads/booking-reads.js';
import { EventTypeReads } from './reads/event-type-reads.js';
import { BookSlot } from './use-cases/book-slot.js';
import { CancelBooking } from './use-cases/cancel-booking.js';
import { DefineEventType } from './use-cases/define-event-type.js';
import { ExplainSlots } from './use-cases/explain-slots.js';
import { HoldSlot } from './use-cases/hold-slot.js';
import { ListSlots } from './use-cases/list-slots.js';
import { LookUpBooking } from './use-cases/look-up-booking.js';
import { MoveBooking } from './use-cases/move-booking.js';
import { RedefineEventType } from './use-cases/redefine-event-type.js';
import { RescheduleBooking } from './use-cases/reschedule-booking.js';
import { SetMeetingLink } from './use-cases/set-meeting-link.js';

const offered = [
  provide(BookSlot, Agendas, Bookings, Holds, ContactBook, UnitOfWork, Clock, Ids),
  provide(CancelBooking, Bookings, UnitOfWork, Clock),
  provide(RescheduleBooking, Agendas, Bookings, UnitOfWork, Clock),
  provide(MoveBooking, Agendas, Bookings, UnitOfWork, Clock),
  provide(LookUpBooking, Bookings, UnitOfWork),
  provide(SetMeetingLink, Bookings, UnitOfWork, Clock),
  provide(HoldSlot, Agendas, Holds, UnitOfWork, Clock, Ids),
  provide(ListSlots, Agendas, Clock),
  provide(ExplainSlots, Agendas, Clock),
  provide(DefineEventType, EventTypes, UnitOfWork, Clock, Ids),
  provide(RedefineEventType, EventTypes, UnitOfWork, Clock),
  provide(BookingReads, Sql),
  provide(BookingCounts, Sql),
  provide(EventTypeReads, Sql),
];

@Module({
  imports: [CrmModule],
  providers: [
    ...offered,
    provideAs(Bookings, PostgresBookings, Session, Outbox),
    provideAs(EventTypes, PostgresEventTypes, Session),
    provideAs(Agendas, PostgresAgendas, Sql, Session),
    provideAs(Holds, PostgresHolds, Session),
    provideAs(ContactBook, CrmContactBook, LookUpContact, FindOrCreateContact, AddInvitee),
  ],
  exports: offered.map(({ provide: token }) => token),
})
export class SchedulingModule {}
