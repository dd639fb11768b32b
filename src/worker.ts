import 'reflect-metadata';
import { readProfile } from './composition/profile.js';
import { runUntilStopped } from './composition/run.js';
import { startWorker } from './composition/start-worker.js';

await runUntilStopped(() => startWorker(readProfile(process.env)));
