import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { idNumber } from '../../../test/fakes/sequential-ids.js';
import { crmDatabase, type CrmDatabase } from '../../../test/support/crm-database.js';
import { Sql } from '../../platform/persistence/sql.js';
import { Contact } from '../domain/contact.js';
import { ContactReads, viewOfNewContact, type ContactFilter } from './contact-reads.js';

const now = Instant.parse('2026-02-10T12:00:00Z');
const firstPage: ContactFilter = { page: 1, limit: 20, search: null };

/** As if few contacts had any piece, so that searches are made by pieces. */
const allRare = { known: new Map<string, number>(), others: 0 };

describe('ContactReads', () => {
  let database: CrmDatabase;
  let reads: ContactReads;
  let readsByPieces: ContactReads;
  let ownerId: string;
  beforeAll(async () => {
    database = await crmDatabase();
    const sql = new Sql(database.dataSource);
    reads = new ContactReads(sql, { latest: null });
    readsByPieces = new ContactReads(sql, { latest: allRare });
  });
  beforeEach(async () => {
    ownerId = await database.addOwner();
  });
  afterAll(() => database.close());

  const add = (name: string, email = `${name.toLowerCase()}@example.com`, company: string | null = null) =>
    database.addContact(ownerId, { name, email, company });

  describe.each(['words', 'pieces'])('the list, searched by %s,', (searchedBy) => {
    const list = async (filter: Partial<ContactFilter> = {}) =>
      (searchedBy === 'pieces' ? readsByPieces : reads).list(ownerId, { ...firstPage, ...filter });
    const names = async (filter: Partial<ContactFilter> = {}) =>
      (await list(filter)).data.map(({ name }) => name);

    it('shows the newest first, and those of one moment in one order', async () => {
      await add('First');
      await add('Second');
      database.clock.advance(Duration.ofSeconds(1));
      await add('Third');

      expect(await names()).toEqual(['Third', 'Second', 'First']);
    });

    it('shows all that is known of a contact', async () => {
      const details = { name: 'Ada', email: 'ada@example.com', phone: '1', company: 'ACME', notes: 'a\nb' };
      const id = await database.addContact(ownerId, details);

      expect(await list()).toEqual({
        data: [
          {
            id,
            ...details,
            source: 'API',
            meetingCount: 0,
            createdAt: database.clock.now().toString().replace('Z', '.000Z'),
            updatedAt: database.clock.now().toString().replace('Z', '.000Z'),
          },
        ],
        pagination: { page: 1, limit: 20, total: 1, totalPages: 1 },
      });
    });

    it('is cut into pages that neither skip nor repeat, and is empty past its end', async () => {
      for (const name of ['A', 'B', 'C', 'D', 'E']) await add(name);
      const pages = await Promise.all([1, 2, 3, 4].map((page) => list({ page, limit: 2 })));

      expect(pages.map(({ data }) => data.map(({ name }) => name))).toEqual([
        ['E', 'D'],
        ['C', 'B'],
        ['A'],
        [],
      ]);
      expect(pages.map(({ pagination }) => pagination)).toEqual(
        [1, 2, 3, 4].map((page) => ({ page, limit: 2, total: 5, totalPages: 3 })),
      );
    });

    it('has zero pages when there is nobody', async () => {
      expect(await list()).toEqual({
        data: [],
        pagination: { page: 1, limit: 20, total: 0, totalPages: 0 },
      });
    });

    it('shows nobody else’s contacts', async () => {
      await database.addContact(await database.addOwner(), { name: 'Ada', email: 'ada@example.com' });

      expect(await names()).toEqual([]);
      expect(await names({ search: 'ada' })).toEqual([]);
    });

    it('finds contacts by a part of name, e-mail or company', async () => {
      await add('Ada', 'countess@lovelace.example', 'Analytical Engines');

      for (const search of ['ada', 'tess@love', 'engine', 'a'])
        expect(await names({ search })).toEqual(['Ada']);
      expect(await names({ search: 'grace' })).toEqual([]);
    });

    it('finds contacts only if every word is found, wherever it is', async () => {
      await add('Ada', 'ada@example.com', 'ACME');
      await add('Grace', 'grace@example.com', 'ACME');

      expect(await names({ search: ' acme   ada ' })).toEqual(['Ada']);
      expect(await names({ search: 'acme' })).toEqual(['Grace', 'Ada']);
      expect(await names({ search: 'acme bob' })).toEqual([]);
    });

    it('does not mind letter case and accents, on either side', async () => {
      await add('Zoë Ångström', 'zoe@example.com', 'ЖУРНАЛ');

      for (const search of ['zoe', 'ZOË', 'angstrom', 'Zoe\u0308 å', 'журнал']) {
        expect(await names({ search })).toEqual(['Zoë Ångström']);
      }
    });

    it('takes signs literally that mean something to a database', async () => {
      await add('100% Ada', 'a@example.com', String.raw`under_score back\slash`);
      await add('100 Ada', 'b@example.com', 'underscore backslash');

      for (const search of ['100%', '%', '_', 'r_s', '\\', 'back\\s', '％', "'", "' or true --"]) {
        expect(await names({ search })).toEqual(search.includes("'") ? [] : ['100% Ada']);
      }
    });

    it('shows everybody for a search of nothing but white space', async () => {
      await add('Ada');

      expect(await names({ search: ' \t ' })).toEqual(['Ada']);
    });

    it('is cut into pages of what was found', async () => {
      for (const name of ['Ada A', 'Bob', 'Ada B', 'Ada C'])
        await add(name, `${name.replace(' ', '')}@x.example`);
      const { data, pagination } = await list({ search: 'ada', page: 2, limit: 2 });

      expect(data.map(({ name }) => name)).toEqual(['Ada A']);
      expect(pagination).toEqual({ page: 2, limit: 2, total: 3, totalPages: 2 });
    });

    it('takes a search of as many words as a search has room for', async () => {
      await add('Ada');
      const search = Array.from({ length: 100 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join(' ');

      expect(await names({ search })).toEqual([]);
    });

    it('counts the confirmed meetings of each contact', async () => {
      const [ada, grace] = [await add('Ada'), await add('Grace')];
      const eventTypeId = await database.addEventType(ownerId, 'intro');
      const meet = (contactId: string, hours: number, status?: 'PENDING' | 'CANCELLED') =>
        database.addMeeting({
          ownerId,
          eventTypeId,
          contactId,
          start: now.plusSeconds(hours * 3_600),
          status,
        });
      await meet(ada, -1);
      await meet(ada, 1);
      await meet(ada, 2, 'CANCELLED');
      await meet(grace, 3, 'PENDING');

      const { data } = await list();
      expect(data.map(({ name, meetingCount }) => [name, meetingCount])).toEqual([
        ['Grace', 0],
        ['Ada', 2],
      ]);
    });
  });

  it('finds the same by pieces as by words', async () => {
    const text = fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom(...'aAbBzéÉ09-_%\\ 京') });
    const names = fc.sample(text, 60).map((each) => `x${each}`);
    for (const [place, name] of names.entries()) await add(name, `${place}@example.com`);
    const search = fc.oneof(
      text,
      fc.constantFrom(...names),
      fc.array(text, { maxLength: 3 }).map((words) => words.join(' ')),
    );

    await fc.assert(
      fc.asyncProperty(search, async (each) => {
        const filter = { ...firstPage, limit: 100, search: each };
        expect(await readsByPieces.list(ownerId, filter)).toEqual(await reads.list(ownerId, filter));
      }),
      { numRuns: 300 },
    );
  });

  describe('the detail', () => {
    it('shows meetings that are not over, soonest first, and those that are, latest first', async () => {
      const contactId = await add('Ada');
      const eventTypeId = await database.addEventType(ownerId, 'intro');
      const meet = (minutes: number, status?: 'PENDING' | 'CANCELLED') =>
        database.addMeeting({
          ...{ ownerId, eventTypeId, contactId, status },
          start: now.plusSeconds(minutes * 60),
        });
      const longAgo = await meet(-600);
      const justOver = await meet(-30);
      const later = await meet(60);
      const underWay = await meet(0);
      await meet(200, 'CANCELLED');
      await meet(300, 'PENDING');

      const contact = await reads.detail(ownerId, contactId, now);

      expect(contact).toMatchObject({ ...(await reads.find(ownerId, contactId)), meetingCount: 4 });
      expect(contact?.upcomingMeetings.map(({ id }) => id)).toEqual([underWay, later]);
      expect(contact?.pastMeetings.map(({ id }) => id)).toEqual([justOver, longAgo]);
      expect(contact?.upcomingMeetings[0]).toEqual({
        id: underWay,
        startTime: '2026-02-10T12:00:00.000Z',
        endTime: '2026-02-10T12:30:00.000Z',
        status: 'CONFIRMED',
        inviteeName: 'Ada L.',
        eventType: { id: eventTypeId, name: 'Intro call', slug: 'intro', durationMinutes: 30 },
      });
    });

    it('shows the nearest hundred meetings of each kind, and counts all', async () => {
      const contactId = await add('Ada');
      const eventTypeId = await database.addEventType(ownerId, 'intro');
      const hours = Array.from({ length: 202 }, (_, n) => n - 101);
      await Promise.all(
        hours.map((hour) =>
          database.addMeeting({ ownerId, eventTypeId, contactId, start: now.plusSeconds(hour * 3_600) }),
        ),
      );

      const { meetingCount, upcomingMeetings, pastMeetings } = (await reads.detail(ownerId, contactId, now))!;

      expect(meetingCount).toBe(202);
      expect(upcomingMeetings).toHaveLength(100);
      expect(pastMeetings).toHaveLength(100);
      expect(upcomingMeetings[0]?.startTime).toBe('2026-02-10T12:00:00.000Z');
      expect(pastMeetings[0]?.startTime).toBe('2026-02-10T11:00:00.000Z');
    });

    it('shows nothing of an unknown contact, of another’s, or for a malformed id', async () => {
      const id = await add('Ada');
      const stranger = await database.addOwner();

      for (const [owner, contactId] of [
        [ownerId, idNumber(99)],
        [stranger, id],
        [ownerId, 'ada'],
      ] as const) {
        expect(await reads.detail(owner, contactId, now)).toBeNull();
        expect(await reads.find(owner, contactId)).toBeNull();
      }
    });
  });

  it('shows a contact that was just made as it will be read', async () => {
    const details = { name: 'Ada', email: 'ada@example.com', phone: ' 1 ' };
    const contact = Contact.create(details, { id: idNumber(1), ownerId, source: 'API' }, now.plusMillis(7));
    await database.unitOfWork.run(() => database.contacts.save(contact));

    expect(viewOfNewContact(contact)).toEqual(await reads.find(ownerId, idNumber(1)));
  });
});
