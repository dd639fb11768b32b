import { CreateContact } from '../crm/use-cases/create-contact.js';
import { EmailTaken } from '../identity/domain/errors.js';
import { UserReads, type UserView } from '../identity/reads/user-reads.js';
import { CreateUser } from '../identity/use-cases/create-user.js';
import { IssueKey, type NewKey } from '../identity/use-cases/issue-key.js';
import { Clock } from '../kernel/clock.js';
import { findTimeZone } from '../kernel/time-zone.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { Log } from '../platform/log.js';
import { BookSlot } from '../scheduling/use-cases/book-slot.js';
import { CancelBooking } from '../scheduling/use-cases/cancel-booking.js';
import { DefineEventType } from '../scheduling/use-cases/define-event-type.js';
import {
  demoBookings,
  demoContacts,
  demoEventTypes,
  demoOwner,
  demoZone,
  startOf,
  type DemoBooking,
} from './demo-data.js';

/** Where use cases and reads are found. */
export interface Services {
  get<T>(what: abstract new (...dependencies: never[]) => T): T;
}

/** The demo's key if there was no user yet and this process has made the demo owner; else, or if that failed, null. */
export async function makeDemoOnFirstStart(services: Services): Promise<NewKey | null> {
  try {
    const users = await services.get(UserReads).list();
    return users.length === 0 ? await makeDemo(services) : null;
  } catch (error) {
    services.get(Log).error(error, 'the demo owner could not be made');
    return null;
  }
}

/**
 * Makes the demo owner with event types, contacts, bookings and an API key, all of it or nothing. Null if there is one already,
 * made by another process at the same moment, perhaps.
 */
export async function makeDemo(services: Services): Promise<NewKey | null> {
  try {
    return await services.get(UnitOfWork).run(() => makeAll(services));
  } catch (error) {
    if (error instanceof EmailTaken) return null;
    throw error;
  }
}

export function findDemoOwner(services: Services): Promise<UserView | null> {
  return services.get(UserReads).byEmail(demoOwner.email);
}

async function makeAll(services: Services): Promise<NewKey> {
  const ownerId = await services
    .get(CreateUser)
    .execute({ ...demoOwner, planExpiresAt: null, password: null });
  const idsBySlug = new Map<string, string>();
  for (const definition of demoEventTypes) {
    const { state } = await services
      .get(DefineEventType)
      .execute({ ownerId, ownerZone: demoZone, definition });
    idsBySlug.set(state.slug, state.id);
  }
  for (const details of demoContacts) {
    await services.get(CreateContact).execute({ ownerId, source: 'IMPORT', details });
  }
  for (const booking of demoBookings) await book(services, ownerId, idsBySlug.get(booking.slug)!, booking);
  return services.get(IssueKey).execute({ userEmail: demoOwner.email, name: 'Demo', expiresAt: null });
}

async function book(
  services: Services,
  ownerId: string,
  eventTypeId: string,
  booking: DemoBooking,
): Promise<void> {
  const { inviteeName, inviteeEmail, inviteeTimezone, answers, cancelledFor } = booking;
  const { state } = await services.get(BookSlot).execute({
    eventTypeId,
    start: startOf(booking, services.get(Clock).now()),
    inviteeName,
    inviteeEmail,
    inviteeTimezone: findTimeZone(inviteeTimezone)!,
    phone: null,
    guests: [],
    notes: null,
    answers,
    holdToken: null,
  });
  if (cancelledFor === undefined) return;
  await services.get(CancelBooking).execute({ bookingId: state.id, ownerId, reason: cancelledFor });
}
