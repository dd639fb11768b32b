import type { MirroredEvent } from '../domain/remote-event.js';

/**
 * What a booking's event says below its title. Guests stand here and not as attendees: those many servers would invite once more in the
 * owner's name (RFC 6638 for CalDAV).
 */
export function mirroredDescription({ description, attendees }: MirroredEvent): string {
  const guests = attendees.map(({ name, email }) => (name ? `${name} <${email}>` : email));
  return [description, guests.join('\n')].filter(Boolean).join('\n\n');
}
