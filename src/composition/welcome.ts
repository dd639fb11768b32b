import type { NewKey } from '../identity/use-cases/issue-key.js';
import { zoneDataVersion } from '../kernel/time-zone.js';
import { version } from './package.js';
import type { Profile } from './profile.js';
import type { RunningApi } from './start-api.js';
import { firstSteps } from './tour.js';

/** Tells the person at the terminal what runs where, and what to try first. */
export async function welcome(
  profile: Profile,
  { app, address, baseUrl }: RunningApi,
  demoKey: NewKey | null,
): Promise<void> {
  const place = { ...profile, baseUrl };
  // A database that has just gone away is no reason to stop: the server waits for it.
  const steps = await firstSteps(app, demoKey?.key ?? null, place).catch(() => '');
  process.stdout.write(`LinkTime ${version} (${profile.name}, time zones ${zoneDataVersion})
LinkTime is listening on ${address}
  API        ${baseUrl}/api/v1
  Reference  ${baseUrl}/docs
${steps && `\n${steps}\n`}`);
}
