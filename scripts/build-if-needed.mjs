// Keeps dist/ up to date with what it is made of. A build is made aside and then takes dist's place, so a server that runs
// from dist, two builds at once or a failed one disturb nobody. What a build has to say goes to standard error.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
const folders = ['src', 'migrations'];
const files = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'openapi/openapi.json',
];

/** Builds unless dist/ was made of just what is there now. Throws one sentence if that fails. */
export async function buildIfNeeded() {
  const isDelivered = !existsSync(join(root, 'src'));
  if (!isDelivered && fingerprintOfDist() !== fingerprint()) await build();
}

/** Builds. Throws one sentence if that fails; dist/ then stays as it was. */
export async function build() {
  if (!existsSync(nest)) throw new Error('What LinkTime is built with is not installed: run `npm ci` first.');
  console.error('Building LinkTime ...');
  const made = fingerprint();
  const draft = await mkdtemp(join(root, 'dist.new-'));
  try {
    await compileTo(draft);
    await writeFile(join(draft, 'dist/.built'), made);
    await replaceDist(draft, made);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function compileTo(draft) {
  const config = join(draft, 'tsconfig.json');
  const options = { extends: '../tsconfig.build.json', compilerOptions: { outDir: 'dist' } };
  await writeFile(config, JSON.stringify(options));
  const compiler = spawn(process.execPath, [nest, 'build', '--path', relative(root, config)], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const [status] = await once(compiler, 'exit');
  if (status !== 0) throw new Error('LinkTime could not be built.');
}

async function replaceDist(draft, made) {
  while (fingerprintOfDist() !== made) {
    try {
      await rename(dist, await mkdtemp(join(draft, 'old-')));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    try {
      return await rename(join(draft, 'dist'), dist);
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another build was put there first
    }
  }
}

function fingerprintOfDist() {
  try {
    return readFileSync(join(dist, '.built'), 'utf8');
  } catch {
    return null;
  }
}

/** The contents of all that a build is made of, as a hash. Tests are no part of it. */
function fingerprint() {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('.spec.'))
      .map((name) => join(folder, name)),
  );
  const hash = createHash('sha256');
  for (const file of [...files, ...sources].sort()) {
    hash
      .update(`${file}\0`)
      .update(contentsOf(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function contentsOf(file) {
  return existsSync(file) ? readFileSync(file) : '';
}
