import { Foundation1790000000000 } from './1790000000000-foundation.js';
import { Holds1790000000001 } from './1790000000001-holds.js';
import { BookingCounts1790000000002 } from './1790000000002-booking-counts.js';
import { Delivery1790000000003 } from './1790000000003-delivery.js';
import { Calendars1790000000004 } from './1790000000004-calendars.js';
import { CalendarAccounts1790000000005 } from './1790000000005-calendar-accounts.js';
import { MirroredBookings1790000000006 } from './1790000000006-mirrored-bookings.js';
import { CalendarFeeds1790000000007 } from './1790000000007-calendar-feeds.js';
import { Claims1790000000008 } from './1790000000008-claims.js';
import { BothWays1790000000009 } from './1790000000009-both-ways.js';
import { ClaimsTogether1790000000010 } from './1790000000010-claims-together.js';
import { LighterClaims1790000000011 } from './1790000000011-lighter-claims.js';

/** Every migration by name, in order. */
export const migrations = [
  Foundation1790000000000,
  Holds1790000000001,
  BookingCounts1790000000002,
  Delivery1790000000003,
  Calendars1790000000004,
  CalendarAccounts1790000000005,
  MirroredBookings1790000000006,
  CalendarFeeds1790000000007,
  Claims1790000000008,
  BothWays1790000000009,
  ClaimsTogether1790000000010,
  LighterClaims1790000000011,
];
