/** The pages where an invitee manages a booking. Whoever has the token can, so they are for the invitee alone. */
export interface BookingLinks {
  readonly cancel: string;
  readonly reschedule: string;
}

/** `baseUrl` has no slash at its end. */
export function bookingLinks(baseUrl: string, bookingId: string, inviteeToken: string): BookingLinks {
  const page = (name: string) => `${baseUrl}/bookings/${bookingId}/${name}?token=${inviteeToken}`;
  return { cancel: page('cancel'), reschedule: page('reschedule') };
}
