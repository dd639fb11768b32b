import type { Instant } from '@js-joda/core';
import { calendarText, emptyCalendar, eventComponent } from '../../platform/icalendar-text.js';
import type { MirroredEvent } from '../domain/remote-event.js';
import { mirroredDescription } from './mirrored-description.js';

/** A booking as an iCalendar object (RFC 5545). */
export function mirroredEventText(event: MirroredEvent, writtenAt: Instant): string {
  const description = mirroredDescription(event);
  const calendar = emptyCalendar(null); // nothing that is stored has a method (RFC 4791, 4.1)
  calendar.addSubcomponent(
    eventComponent({ ...event, description, stampedAt: writtenAt, isCancelled: false }),
  );
  return calendarText(calendar);
}
