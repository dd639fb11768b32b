import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { BookingNotFound } from '../domain/errors.js';
import type { Agendas, Bookings } from '../ports.js';
import { claimSlot, lockAgenda } from './claim-slot.js';

export interface RescheduleBookingCommand {
  readonly bookingId: string;
  readonly ownerId: string;
  readonly start: Instant;
}

/**
 * A meeting moves to another slot that is offered; itself it does not stand in its own way. If the slot is lost to another the
 * meeting stays where it was.
 */
export class RescheduleBooking {
  constructor(
    private readonly agendas: Agendas,
    private readonly bookings: Bookings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ bookingId, ownerId, start }: RescheduleBookingCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const booking = await this.bookings.find(bookingId, ownerId);
      if (!booking) throw new BookingNotFound();

      const at = this.clock.now();
      const wish = { eventTypeId: booking.state.eventType.id, start, at, own: { bookingId } };
      const agenda = await lockAgenda(this.agendas, wish);
      booking.reschedule(agenda.eventType, start, at);
      claimSlot(agenda, wish);
      this.bookings.save(booking);
    });
  }
}
