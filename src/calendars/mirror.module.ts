import { Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { Session } from '../platform/persistence/session.js';
import { provide, provideAs } from '../platform/provide.js';
import { PostgresMirroredBookings } from './adapters/postgres-mirrored-bookings.js';
import { MirroredBookings } from './ports.js';
import { FollowBooking } from './use-cases/follow-booking.js';

/** What deliveries ask of calendars. A module of its own, as calendars in turn ask deliveries to mail their owners. */
@Module({
  providers: [
    provide(FollowBooking, MirroredBookings, UnitOfWork, Clock),
    provideAs(MirroredBookings, PostgresMirroredBookings, Session),
  ],
  exports: [FollowBooking, MirroredBookings],
})
export class MirrorModule {}
