import type { FollowBooking } from '../../calendars/use-cases/follow-booking.js';
import type { BookingEvent } from '../../kernel/domain-event.js';
import { BookingMirror } from '../ports.js';

/** Bookings stand in the calendars that owners have connected. */
export class CalendarsBookingMirror extends BookingMirror {
  constructor(private readonly followBooking: FollowBooking) {
    super();
  }

  async follow(event: BookingEvent): Promise<boolean> {
    return this.followBooking.execute(event);
  }
}
