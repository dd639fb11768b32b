import type { Command } from 'commander';
import { textLimits } from '../kernel/text.js';
import { BookingNotFound } from '../scheduling/domain/errors.js';
import { BookingReads } from '../scheduling/reads/booking-reads.js';
import { CancelBooking } from '../scheduling/use-cases/cancel-booking.js';
import { RescheduleBooking } from '../scheduling/use-cases/reschedule-booking.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import type { OpenInstallation } from './installation.js';
import { sheet } from './layout.js';
import { instantOf, linesOf } from './values.js';

export function addBookings(program: Command, desk: Desk): void {
  const bookings = program.command('bookings').description('meetings that were booked');

  bookings
    .command('reschedule')
    .description('move a booking to another slot that is offered')
    .argument('<id>', 'of the booking')
    .requiredOption('--start <time>', 'when it is to begin, such as 2027-01-31T12:00:00Z')
    .action(async (bookingId: string, { start: text }: { start: string }) => {
      const start = instantOf('--start', text);
      await desk.work(async (open) => {
        const ownerId = await ownerOf(open, bookingId);
        await open.get(RescheduleBooking).execute({ bookingId, ownerId, start });
        return shown(open, ownerId, bookingId);
      });
    });

  bookings
    .command('cancel')
    .description('call a booking off; its time is free at once')
    .argument('<id>', 'of the booking')
    .option('--reason <text>', 'told to the invitee')
    .action(async (bookingId: string, { reason: text }: { reason?: string }) => {
      const reason = text === undefined ? null : linesOf('--reason', text, textLimits.reason);
      await desk.work(async (open) => {
        const ownerId = await ownerOf(open, bookingId);
        await open.get(CancelBooking).execute({ bookingId, ownerId, reason });
        return shown(open, ownerId, bookingId);
      });
    });
}

async function ownerOf(open: OpenInstallation, bookingId: string): Promise<string> {
  const ownerId = await open.get(BookingReads).ownerOf(bookingId);
  if (ownerId === null) throw new BookingNotFound();
  return ownerId;
}

async function shown(open: OpenInstallation, ownerId: string, id: string): Promise<Answer> {
  const booking = await open.get(BookingReads).detail(ownerId, id);
  if (!booking) throw new BookingNotFound();
  return { value: booking, text: sheet(booking) };
}
