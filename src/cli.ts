#!/usr/bin/env node
import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import { runCommandLine } from './command-line/program.js';
import { version } from './composition/package.js';
import { readProfile } from './composition/profile.js';

process.stdout.on('error', () => process.exit(1)); // whoever read the output has gone

// What takes long to load is loaded by the commands that need it.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  version,
  installation: {
    async open() {
      const profile = readProfile();
      const { openInstallation } = await import('./composition/open-installation.js');
      return openInstallation(profile);
    },
    async examine() {
      const profile = readProfile();
      const { examine } = await import('./composition/doctor.js');
      return examine(profile);
    },
  },
  readInput: () => text(process.stdin),
  writeOut: (output) => process.stdout.write(output),
  writeErr: (output) => process.stderr.write(output),
  isWatched: process.stderr.isTTY,
});
