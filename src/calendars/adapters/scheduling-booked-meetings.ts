import type { SetMeetingLink } from '../../scheduling/use-cases/set-meeting-link.js';
import { BookedMeetings } from '../ports.js';

/** The bookings of scheduling. */
export class SchedulingBookedMeetings extends BookedMeetings {
  constructor(private readonly setMeetingLink: SetMeetingLink) {
    super();
  }

  async meetAt(bookingId: string, ownerId: string, link: string): Promise<boolean> {
    return this.setMeetingLink.execute({ bookingId, ownerId, link });
  }
}
