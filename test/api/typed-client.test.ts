import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { root } from '../support/paths.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

/** A client as its author would write it: from a free slot to a cancelled booking, with the types of the document. */
const program = `
import createClient from 'openapi-fetch';
import type { components, paths } from './linktime.js';

const { LINKTIME_URL: baseUrl, LINKTIME_KEY: key } = process.env;
const owner = createClient<paths>({ baseUrl, headers: { Authorization: \`Bearer \${key}\` } });
const invitee = createClient<paths>({ baseUrl });

const me = await done(owner.GET('/api/v1/me'));
const { data: eventTypes } = await done(owner.GET('/api/v1/event-types', { params: { query: { limit: 1 } } }));
const { id: eventTypeId, slug } = eventTypes[0]!;
const free = await done(
  owner.GET('/api/v1/availability/{slug}', {
    params: { path: { slug }, query: { timezone: 'Europe/London' } },
  }),
);
const { startTime } = free.data[0]!;

const body: components['schemas']['CreateBookingBody'] = {
  eventTypeId,
  startTime,
  inviteeName: 'Ada Lovelace',
  inviteeEmail: 'ada@example.com',
  inviteeTimezone: free.timezone,
};
const params = { header: { 'Idempotency-Key': 'tour' } };
const booked = await done(invitee.POST('/api/bookings', { body, params }));
const again = await invitee.POST('/api/bookings', { body, params });

const byId = { params: { path: { id: booked.id } } };
const booking = await done(owner.GET('/api/v1/bookings/{id}', byId));
const cancelled = await done(owner.POST('/api/v1/bookings/{id}/cancel', byId));
const cancelledAgain = await owner.POST('/api/v1/bookings/{id}/cancel', { ...byId, body: { reason: 'Ill' } });

const page = await done(owner.GET('/api/v1/bookings', { params: { query: { status: 'CANCELLED' } } }));
const contacts = await done(owner.GET('/api/v1/contacts', { params: { query: { search: 'lovelace' } } }));
const contact = await done(
  owner.GET('/api/v1/contacts/{id}', { params: { path: { id: booking.contact?.id ?? '' } } }),
);
const events = await done(owner.GET('/api/v1/events', { params: { query: { limit: 100 } } }));
const reasons = events.data.map((event) => event.event === 'booking.cancelled' && event.data.cancelReason);

console.log(
  JSON.stringify({
    me: me.email,
    slug: free.eventType.slug,
    startTime,
    booked: { status: booked.status, startTime: booked.startTime },
    replayed: [again.response.headers.get('Idempotency-Replayed'), again.data?.id === booked.id],
    booking: { inviteeEmail: booking.inviteeEmail, eventType: booking.eventType.id === eventTypeId },
    cancelled: cancelled.success,
    cancelledAgain: cancelledAgain.error?.error,
    cancelledBy: page.data.map(({ cancelledBy }) => cancelledBy),
    contacts: contacts.data.map(({ name }) => name),
    upcoming: contact.upcomingMeetings.length,
    reasons,
  }),
);

async function done<Data>(asked: Promise<{ data?: Data; error?: { error: string } }>): Promise<Data> {
  const { data, error } = await asked;
  if (data === undefined) throw new Error(error?.error);
  return data;
}
`;

/** What its author may get wrong, and what the compiler says. */
const mistakes = {
  'a field of a body that does not exist': ['inviteeEmail: ', 'inviteeMail: ', 'inviteeMail'],
  'a required field left out': ["inviteeName: 'Ada Lovelace',", '', "'inviteeName' is missing"],
  'a field of the wrong type': ["'Ada Lovelace'", '5', "'number' is not assignable to type 'string'"],
  'a required parameter left out': [
    "query: { timezone: 'Europe/London' }",
    'query: {}',
    "'timezone' is missing",
  ],
  'a word that is none of the enumeration': ["'CANCELLED'", "'DONE'", '\'"DONE"\' is not assignable'],
  'a path that does not exist': [
    "'/api/v1/event-types'",
    "'/api/v1/types'",
    '\'"/api/v1/types"\' is not assignable',
  ],
  'a field of an answer that does not exist': ['me.email', 'me.mail', "'mail' does not exist"],
  'a field of another event': [
    "event.event === 'booking.cancelled'",
    "event.event === 'booking.created'",
    "'cancelReason' does not exist",
  ],
  'a contact taken for granted': [
    "booking.contact?.id ?? ''",
    'booking.contact.id',
    "'booking.contact' is possibly 'null'",
  ],
} as const satisfies Record<string, readonly [right: string, wrong: string, complaint: string]>;

describe('a client typed by the OpenAPI document', () => {
  let linktime: Installation;
  let folder: TemporaryFolder;
  let owner: Owner;
  let offer: Offer;
  let url: string;
  let complaints: string[];

  beforeAll(async () => {
    [linktime, folder] = await Promise.all([Installation.production(), temporaryFolder()]);
    ({ url } = await linktime.startApi());
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
    await generateTypes(folder.path);
    complaints = await compile(folder.path, {
      tour: program,
      ...Object.fromEntries(
        Object.values(mistakes).map(([right, wrong], index) => [
          `mistake-${index}`,
          program.replace(right, wrong),
        ]),
      ),
    });
  }, 120_000);
  afterAll(async () => {
    await linktime?.close();
    await folder?.remove();
  });

  it('compiles when it is right', () => {
    expect(complaintsOf('tour')).toEqual([]);
  });

  it.each(Object.entries(mistakes))('does not compile with %s', (what, [, , complaint]) => {
    const index = Object.keys(mistakes).indexOf(what);
    expect(complaintsOf(`mistake-${index}`).join('\n')).toContain(complaint);
  });

  it('takes an invitee from a free slot to a booking, and the owner to its end', async () => {
    const env = { ...process.env, NODE_OPTIONS: '', LINKTIME_URL: url, LINKTIME_KEY: owner.key };
    const { stdout } = await run(process.execPath, [join(folder.path, 'tour.js')], { env });
    const told = JSON.parse(stdout) as { startTime: string };
    expect(told).toEqual({
      me: owner.email,
      slug: offer.slug,
      startTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/),
      booked: { status: 'CONFIRMED', startTime: told.startTime },
      replayed: ['true', true],
      booking: { inviteeEmail: 'ada@example.com', eventType: true },
      cancelled: true,
      cancelledAgain: 'Booking is already cancelled',
      cancelledBy: ['HOST'],
      contacts: ['Ada Lovelace'],
      upcoming: 0,
      reasons: [],
    });
  });

  const complaintsOf = (name: string) => complaints.filter((line) => line.startsWith(`${name}.ts`));
});

async function generateTypes(folder: string): Promise<void> {
  const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');
  const document = join(root, 'openapi/openapi.json');
  await run(process.execPath, [generator, document, '-o', join(folder, 'linktime.d.ts')], { cwd: root });
}

/** Compiles the programs, each of which sees the generated types, and returns what the compiler complains of. */
async function compile(folder: string, programs: Record<string, string>): Promise<string[]> {
  const options = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noUncheckedIndexedAccess: true,
    types: ['node'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, `${name}.ts`), text);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '--pretty', 'false'], { cwd: folder }).catch(
    (failed: { stdout: string }) => failed,
  );
  return stdout.split('\n').filter((line) => line !== '');
}
