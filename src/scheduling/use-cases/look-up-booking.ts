import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { BookingState } from '../domain/booking.js';
import type { Bookings } from '../ports.js';

export interface LookUpBookingCommand {
  readonly bookingId: string;
  readonly ownerId: string;
}

/** A booking as it is now, and as it stays until the unit of work ends. */
export class LookUpBooking {
  constructor(
    private readonly bookings: Bookings,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Null if it is unknown or another's. */
  async execute({ bookingId, ownerId }: LookUpBookingCommand): Promise<BookingState | null> {
    const booking = await this.unitOfWork.run(() => this.bookings.find(bookingId, ownerId));
    return booking?.state ?? null;
  }
}
