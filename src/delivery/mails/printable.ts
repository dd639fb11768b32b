import { oneLine, severalLines } from '../domain/mail-text.js';
import { isNotice, type BookingMail, type Mail } from '../domain/mail.js';

/** The same mail with every text as it may stand in one: what people typed keeps its lines only where it may have several. */
export function printable<M extends Mail>(mail: M): M;
export function printable(mail: Mail): Mail {
  const reader = { ...mail.reader, name: mail.reader.name === null ? null : oneLine(mail.reader.name) };
  if (!isNotice(mail)) return printableBooking({ ...mail, reader });
  const lastError = severalLines(mail.lastError);
  if (mail.type === 'CALENDAR_STALE') {
    const connection = { ...mail.connection, account: oneLine(mail.connection.account) };
    return { ...mail, reader, connection, lastError };
  }
  return { ...mail, reader, endpoint: { ...mail.endpoint, url: oneLine(mail.endpoint.url) }, lastError };
}

function printableBooking(mail: BookingMail): BookingMail {
  const { booking, host } = mail;
  const { invitee, eventType } = booking;
  return {
    ...mail,
    host: { ...host, name: oneLine(host.name), email: oneLine(host.email) },
    booking: {
      ...booking,
      eventType: { ...eventType, name: oneLine(eventType.name) },
      invitee: {
        ...invitee,
        name: oneLine(invitee.name),
        email: oneLine(invitee.email),
        phone: orNull(oneLine, invitee.phone),
        guests: invitee.guests.map(oneLine),
      },
      location: orNull(oneLine, booking.location),
      meetingLink: orNull(oneLine, booking.meetingLink),
      notes: orNull(severalLines, booking.notes),
      cancelReason: orNull(severalLines, booking.cancelReason ?? null),
    },
  };
}

/** Text of which nothing is left is none. */
function orNull(tidy: (text: string) => string, text: string | null): string | null {
  return (text !== null && tidy(text)) || null;
}
