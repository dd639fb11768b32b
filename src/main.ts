import 'reflect-metadata';
import { readProfile } from './composition/profile.js';
import { runUntilStopped } from './composition/run.js';
import { startApi } from './composition/start-api.js';
import { welcome } from './composition/welcome.js';

await runUntilStopped(async () => {
  const profile = readProfile(process.env);
  const running = await startApi(profile);
  await welcome(profile, running);
  return running;
});
