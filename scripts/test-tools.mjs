import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What tests start besides Node and PostgreSQL, each under the variable that tells where it is. */
const tools = [
  { variable: 'REDIS_SERVER', names: ['redis-server'], debian: 'redis-server' },
  {
    variable: 'CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
  },
  { variable: 'RADICALE', names: ['radicale'], debian: 'radicale' },
  { variable: 'XANDIKOS', names: ['xandikos'], debian: 'xandikos' },
  { variable: 'FAKETIME', names: ['faketime'], debian: 'faketime' },
];

/**
 * The tools' absolute paths, by variable: from the environment, from PATH, or newly installed, which root on Debian may do.
 * Throws one sentence with the cure if one is not to be had: no test is left out for want of it.
 */
export function findTools() {
  const missing = tools.filter((tool) => locate(tool) === null);
  if (missing.length > 0) install(missing);
  return Object.fromEntries(tools.map((tool) => [tool.variable, locate(tool) ?? refuse(tool)]));
}

function locate({ variable, names }) {
  const told = process.env[variable];
  if (told) {
    if (isExecutable(told)) return told;
    throw new Error(`${variable} says ${told}, which is no program that can be run.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(missing) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const packages = missing.map(({ debian }) => debian);
  console.log(`Installing what the tests need: ${packages.join(', ')}`);
  const update = aptGet('update');
  const installation = aptGet('install', '-y', '--no-install-recommends', ...packages);
  if (installation.status !== 0) console.error(update.output + installation.output);
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = spawnSync('apt-get', args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

function refuse({ variable, names }) {
  throw new Error(
    `The tests need ${names[0]}: install it (Debian: apt-get install ${names[0]}) or set ${variable} to its path.`,
  );
}
