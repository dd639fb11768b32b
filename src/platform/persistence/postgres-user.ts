import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { bringYourOwn } from './postgres-programs.js';

/** A user of the system, by the numbers the kernel knows. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** How a program is to be spawned. */
export interface Command {
  readonly file: string;
  readonly args: string[];
  readonly options: { uid?: number; gid?: number };
}

/** As whom PostgreSQL runs. */
export interface PostgresUser {
  /** To whom its files have to belong; null: to ourselves, as they do without further ado. */
  readonly owner: SystemUser | null;
  command(program: string, args: string[]): Command;
}

// What of root's power is needed: the numbers of capabilities(7).
const CHOWN = 0;
const DAC_OVERRIDE = 1;
const DAC_READ_SEARCH = 2;
const SETGID = 6;
const SETUID = 7;
const SETPCAP = 8;

/**
 * Ourselves; but PostgreSQL refuses to be run by root, so root runs it as the owner of the cluster, and a new one as the user
 * `postgres`, or else `nobody`. Throws a sentence with the cure where that cannot be.
 */
export async function choosePostgresUser(program: string, clusterDir: string): Promise<PostgresUser> {
  if (process.geteuid?.() !== 0)
    return { owner: null, command: (file, args) => ({ file, args, options: {} }) };

  const owner = (await ownerOf(clusterDir)) ?? (await findUser('postgres')) ?? (await findUser('nobody'));
  const can = await ownPowers();
  if (!owner || ![CHOWN, SETGID, SETUID].every(can)) {
    throw new Error(
      `PostgreSQL refuses to run as root, and there is no user to run it as: run LinkTime as an ordinary user, or ${bringYourOwn}.`,
    );
  }
  const runs = await mayRun(owner, program);
  if (runs && (await mayReach(owner, program)) && (await mayReach(owner, clusterDir))) {
    return { owner, command: (file, args) => ({ file, args, options: { ...owner } }) };
  }
  const power = runs && can(DAC_READ_SEARCH) ? 'dac_read_search' : 'dac_override';
  if (!can(SETPCAP) || (power === 'dac_override' && !can(DAC_OVERRIDE)) || !(await isInstalled('setpriv'))) {
    throw new Error(
      `PostgreSQL refuses to run as root, and the user it runs as may not enter the directories above ${program} or ` +
        `${clusterDir}: run LinkTime as an ordinary user, or move it to where all may enter, or ${bringYourOwn}.`,
    );
  }
  return { owner, command: (file, args) => withPower(power, owner, file, args) };
}

// Root keeps its programs and data where it likes, such as under /root. The user gets the one power to pass. access(2), by
// which PostgreSQL looks at its own files, ignores the powers of all but root unless the last of these options is set.
function withPower(power: string, { uid, gid }: SystemUser, program: string, args: string[]): Command {
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const powers = ['--bounding-set', '--inh-caps', '--ambient-caps'].map((set) => `${set}=-all,+${power}`);
  const options = [...identity, ...powers, '--securebits=+no_setuid_fixup'];
  return { file: 'setpriv', args: [...options, program, ...args], options: {} };
}

async function isInstalled(program: string): Promise<boolean> {
  return promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  );
}

async function ownerOf(path: string): Promise<SystemUser | null> {
  const { uid, gid } = await stat(path).catch(() => ({ uid: 0, gid: 0 }));
  return uid === 0 ? null : { uid, gid };
}

async function findUser(name: string): Promise<SystemUser | null> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users) ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** Which capabilities this process has. Where there are none (no Linux), root can all. */
async function ownPowers(): Promise<(capability: number) => boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? 'ffffffffffffffff';
  return (capability) => ((BigInt(`0x${effective}`) >> BigInt(capability)) & 1n) === 1n;
}

/** Whether the user may enter every directory above a path, by the name given and by the real one. */
async function mayReach(user: SystemUser, path: string): Promise<boolean> {
  for (const name of [dirname(path), await realpath(dirname(path))]) {
    for (let at = name; ; at = dirname(at)) {
      if (!(await mayRun(user, at))) return false;
      if (at === dirname(at)) break;
    }
  }
  return true;
}

/** Whether the user may execute a file, or enter a directory. */
async function mayRun({ uid, gid }: SystemUser, path: string): Promise<boolean> {
  const file = await stat(path);
  const { S_IXUSR, S_IXGRP, S_IXOTH } = constants;
  const bit = file.uid === uid ? S_IXUSR : file.gid === gid ? S_IXGRP : S_IXOTH;
  return (file.mode & bit) !== 0;
}
