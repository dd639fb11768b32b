import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Bookings } from '../ports.js';

export interface SetMeetingLinkCommand {
  readonly bookingId: string;
  readonly ownerId: string;
  readonly link: string;
}

/** The video meeting of a booking has been made. Details, later webhooks and mails carry its link; no event tells of it. */
export class SetMeetingLink {
  constructor(
    private readonly bookings: Bookings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Returns whether the booking has learnt the link: not one that has a link, is no longer on, or is unknown. */
  async execute({ bookingId, ownerId, link }: SetMeetingLinkCommand): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const booking = await this.bookings.find(bookingId, ownerId);
      const before = booking?.state;
      booking?.meetAt(link, this.clock.now());
      if (!booking || booking.state === before) return false;
      this.bookings.save(booking);
      return true;
    });
  }
}
