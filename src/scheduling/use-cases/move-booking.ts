import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { BookingNotFound } from '../domain/errors.js';
import type { Agendas, Bookings } from '../ports.js';

export interface MoveBookingCommand {
  readonly bookingId: string;
  readonly ownerId: string;
  readonly start: Instant;
}

/**
 * The host moves a meeting to any time to come that is free of other bookings and holds: his own hours, notice, window, grid, limits and
 * calendars do not bind him. If the time is lost to another the meeting stays where it was.
 */
export class MoveBooking {
  constructor(
    private readonly agendas: Agendas,
    private readonly bookings: Bookings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ bookingId, ownerId, start }: MoveBookingCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const booking = await this.bookings.find(bookingId, ownerId);
      if (!booking) throw new BookingNotFound();

      const at = this.clock.now();
      booking.move(start, at);
      this.agendas.claim(ownerId, booking.state.blocked, at);
      this.bookings.save(booking);
    });
  }
}
