/** What the UIDs end with under which bookings stand in calendars. */
export const OWN_UID_END = '@linktime';

/**
 * The UID (RFC 5545, 3.8.4.7) of a booking for its whole life, in invitations and in its owner's calendar alike: who has both has one
 * event.
 */
export function bookingUid(bookingId: string): string {
  return `${bookingId}${OWN_UID_END}`;
}
