import { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { BookingEvent, BookingEventData } from '../../kernel/domain-event.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { awaitsMeetingLink, mayGetMeetingLink } from '../domain/mirrored-event.js';
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

  /** Returns whether one of the calendars is now to make the booking's video meeting, whose link nobody knows yet. */
  async execute(event: BookingEvent): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      await this.want(event);
      return event.name !== 'booking.cancelled' && this.awaitsLink(event.data);
    });
  }

  private async want({ name, ownerId, data: booking }: BookingEvent): Promise<void> {
    if (name !== 'booking.created')
      return this.mirroredBookings.change(booking, { isWanted: name !== 'booking.cancelled' });
    if (Instant.parse(booking.endTime).isAfter(this.clock.now()))
      await this.mirroredBookings.add(ownerId, booking);
  }

  private async awaitsLink(booking: BookingEventData): Promise<boolean> {
    if (!mayGetMeetingLink(booking)) return false;
    return awaitsMeetingLink(booking, await this.mirroredBookings.calendarsOf(booking.id));
  }
}
