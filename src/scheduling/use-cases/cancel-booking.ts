import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { BookingNotFound } from '../domain/errors.js';
import type { Bookings } from '../ports.js';

export interface CancelBookingCommand {
  readonly bookingId: string;
  readonly ownerId: string;
  readonly reason: string | null;
}

/** The host calls a meeting off. The slot is free at once; notices and calendars follow from the outbox. */
export class CancelBooking {
  constructor(
    private readonly bookings: Bookings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ bookingId, ownerId, reason }: CancelBookingCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const booking = await this.bookings.find(bookingId, ownerId);
      if (!booking) throw new BookingNotFound();

      booking.cancel(reason, 'HOST', this.clock.now());
      this.bookings.save(booking);
    });
  }
}
