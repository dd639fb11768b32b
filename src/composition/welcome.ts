import { zoneDataVersion } from '../kernel/time-zone.js';
import { version } from './package.js';
import type { Profile } from './profile.js';
import type { RunningApi } from './start-api.js';

/** Tells the person at the terminal what runs where. */
export async function welcome(profile: Profile, { address, baseUrl }: RunningApi): Promise<void> {
  const lines = [
    `LinkTime ${version} (${profile.name}, time zones ${zoneDataVersion})`,
    `LinkTime is listening on ${address}`,
    `  API        ${baseUrl}/api/v1`,
    `  Reference  ${baseUrl}/docs`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
