import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import PostalMime from 'postal-mime';
import { mailerContract, origin } from '../../../test/contracts/mailer.contract.js';
import { aClaimedEmail } from '../../../test/support/emails.js';
import { bookingMail } from '../../../test/support/mails.js';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { FileMailer } from './file-mailer.js';

const silent = { lines: pino({ level: 'silent' }) };

mailerContract('files', async () => {
  const { path, remove } = await temporaryFolder();
  const folder = join(path, 'mail');
  return {
    mailer: new FileMailer({ ...origin, folder, log: silent }),
    async arrived() {
      const names = (await readdir(folder)).sort();
      return Promise.all(names.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
    },
    close: remove,
  };
});

describe('A mail in a file', () => {
  let parent: TemporaryFolder;
  beforeAll(async () => {
    parent = await temporaryFolder();
  });
  afterAll(() => parent.remove());

  it('is one file however often it is sent, named by its time and id, and for its owner only', async () => {
    const folder = join(parent.path, 'mail');
    const mailer = new FileMailer({ ...origin, folder, log: silent });
    const email = aClaimedEmail(bookingMail('BOOKING_CONFIRMATION'));
    await mailer.send(email);
    await mailer.send({ ...email, attempts: 1, turn: 2 });

    const name = `20260201T080000250Z-${email.id}.eml`;
    expect(await readdir(folder)).toEqual([name]);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  it('leaves a line in the log that names the mail and the file, and nobody', async () => {
    const lines: string[] = [];
    const log = { lines: pino({}, { write: (line: string) => lines.push(line) }) };
    const folder = join(parent.path, 'logged');
    const email = aClaimedEmail(bookingMail('BOOKING_CONFIRMATION'));
    await new FileMailer({ ...origin, folder, log }).send(email);

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ emailId: email.id });
    expect(lines[0]).toContain('.eml');
    expect(lines[0]).not.toMatch(/ada|ann|lesson/i);
  });

  it('is put off while there is no place for it', async () => {
    const folder = join(parent.path, 'occupied');
    await writeFile(folder, 'a file, and no folder');
    const mailer = new FileMailer({ ...origin, folder, log: silent });

    const answer = await mailer.send(aClaimedEmail(bookingMail('BOOKING_CONFIRMATION')));
    expect(answer.kind).toBe('deferred');
    expect(answer.words).toContain('could not be written');
  });
});
