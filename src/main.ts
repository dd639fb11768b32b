import 'reflect-metadata';
import { makeDemoOnFirstStart } from './composition/demo.js';
import { readProfile } from './composition/profile.js';
import { runUntilStopped } from './composition/run.js';
import { startApi } from './composition/start-api.js';
import { welcome } from './composition/welcome.js';

await runUntilStopped(async () => {
  const profile = readProfile(process.env);
  const running = await startApi(profile);
  const demoKey = profile.demo ? await makeDemoOnFirstStart(running.app) : null;
  await welcome(profile, running, demoKey);
  return running;
});
