import type { Instant } from '@js-joda/core';
import type { CancelBooking } from '../../scheduling/use-cases/cancel-booking.js';
import type { LookUpBooking } from '../../scheduling/use-cases/look-up-booking.js';
import type { MoveBooking } from '../../scheduling/use-cases/move-booking.js';
import type { MeetingNow } from '../domain/owners-change.js';
import { HostedMeetings } from '../ports.js';

/** The bookings of scheduling. */
export class SchedulingHostedMeetings extends HostedMeetings {
  constructor(
    private readonly lookUpBooking: LookUpBooking,
    private readonly moveBooking: MoveBooking,
    private readonly cancelBooking: CancelBooking,
  ) {
    super();
  }

  async lookUp(bookingId: string, ownerId: string): Promise<MeetingNow | null> {
    const booking = await this.lookUpBooking.execute({ bookingId, ownerId });
    if (!booking) return null;
    const { sequence, time, cancellation } = booking;
    return { sequence, time, isCancelled: cancellation !== null };
  }

  async move(bookingId: string, ownerId: string, start: Instant): Promise<void> {
    await this.moveBooking.execute({ bookingId, ownerId, start });
  }

  async cancel(bookingId: string, ownerId: string, reason: string): Promise<void> {
    await this.cancelBooking.execute({ bookingId, ownerId, reason });
  }
}
