import { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { BookingEvent } from '../../kernel/domain-event.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { MirroredBookings } from '../ports.js';

/**
 * What happened to a booking is wanted in its owner's calendars: those chosen for bookings when it was made, and no others that are
 * chosen later. Nobody's calendar is asked here. A meeting that is over by then goes into none.
 */
export class FollowBooking {
  constructor(
    private readonly mirroredBookings: MirroredBookings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ name, ownerId, data: booking }: BookingEvent): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (name !== 'booking.created')
        return this.mirroredBookings.change(booking, { isWanted: name !== 'booking.cancelled' });
      if (Instant.parse(booking.endTime).isAfter(this.clock.now()))
        await this.mirroredBookings.add(ownerId, booking);
    });
  }
}
