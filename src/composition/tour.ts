import { LocalDate } from '@js-joda/core';
import { UserReads } from '../identity/reads/user-reads.js';
import { Clock } from '../kernel/clock.js';
import { ListSlots } from '../scheduling/use-cases/list-slots.js';
import { demoEventTypes, demoOwner, demoZone } from './demo-data.js';
import { findDemoOwner, type Services } from './demo.js';
import type { Profile } from './profile.js';
import { cliLine, curlLine } from './shell.js';

type Place = Pick<Profile, 'baseUrl' | 'dataDir'>;

/**
 * What to try first, with lines for bash that work as they stand; empty if there is nothing to say. `key` is the demo's, known only
 * to who has just made it.
 */
export async function firstSteps(services: Services, key: string | null, place: Place): Promise<string> {
  const demo = await findDemoOwner(services);
  if (key !== null && demo) return demoSteps(services, demo.id, key, place);
  if (demo) return keySteps(demoOwner.email, place);
  const [someone] = await services.get(UserReads).list();
  return someone ? '' : userSteps(place);
}

async function demoSteps(
  services: Services,
  ownerId: string,
  key: string,
  { baseUrl }: Place,
): Promise<string> {
  const { slug } = demoEventTypes[0]!;
  const slotsUrl = `${baseUrl}/api/v1/availability/${slug}?timezone=${demoOwner.timezone}`;
  const booking = await freeBooking(services, ownerId, slug);
  return `A demo owner was made, ${demoOwner.email}. Its API key, shown this once:
  ${key}

When is the intro call free?
  ${curlLine(slotsUrl, { key })}

Book it, as an invitee does:
  ${curlLine(`${baseUrl}/api/bookings`, { body: booking })}`;
}

/** A booking that may be made: the soonest from tomorrow on, so that the line can be tried until then. */
async function freeBooking(services: Services, ownerId: string, slug: string): Promise<object> {
  const startDate = LocalDate.ofInstant(services.get(Clock).now(), demoZone).plusDays(1);
  const { eventType, starts } = await services
    .get(ListSlots)
    .execute({ ownerId, slug, timezone: demoZone, startDate, endDate: null });
  return {
    eventTypeId: eventType.state.id,
    inviteeName: 'Margaret Hamilton',
    inviteeEmail: 'margaret@example.org',
    inviteeTimezone: 'America/New_York',
    startTime: new Date(starts[0]!).toISOString(),
  };
}

function keySteps(email: string, place: Place): string {
  return `An API key to try it with:
  ${cliLine(place, 'keys', 'create', '--user', email, '--name', 'Trial')}`;
}

function userSteps(place: Place): string {
  const email = 'you@example.com';
  return `There is no user yet. Add one, and issue a key:
  ${cliLine(place, 'users', 'create', '--email', email, '--name', 'Your Name', '--username', 'you')}
  ${cliLine(place, 'keys', 'create', '--user', email, '--name', 'First')}`;
}
