import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Contact, type GivenContactDetails } from '../../src/crm/domain/contact.js';
import { ContactEmailTaken } from '../../src/crm/domain/errors.js';
import type { Contacts } from '../../src/crm/ports.js';
import { AddInvitee } from '../../src/crm/use-cases/add-invitee.js';
import { CreateContact } from '../../src/crm/use-cases/create-contact.js';
import { DeleteContact } from '../../src/crm/use-cases/delete-contact.js';
import { FindOrCreateContact } from '../../src/crm/use-cases/find-or-create-contact.js';
import { SystemClock } from '../../src/kernel/clock.js';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { RandomIds } from '../../src/kernel/ids.js';

export interface ContactsStage {
  readonly contacts: Contacts;
  readonly unitOfWork: UnitOfWork;
  /** Two who may own contacts. */
  readonly ownerId: string;
  readonly otherOwnerId: string;
  /** The events stored about a contact, oldest first. */
  eventsOf(contactId: string): Promise<{ name: string; data: unknown }[]>;
  close(): Promise<void>;
}

/** What every keeper of contacts promises. */
export function contactsContract(name: string, open: () => Promise<ContactsStage>): void {
  describe(`Contacts: ${name}`, () => {
    let stage: ContactsStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    const save = (contact: Contact) => stage.unitOfWork.run(() => stage.contacts.save(contact));
    const findByEmail = (email: string, ownerId = stage.ownerId) =>
      stage.unitOfWork.run(() => stage.contacts.findByEmail(email, ownerId));
    const find = (id: string, ownerId = stage.ownerId) =>
      stage.unitOfWork.run(() => stage.contacts.find(id, ownerId));

    it('gives a contact back as it was saved, by id and by address', async () => {
      const contact = await saved({ phone: '+44 20 7946 0000', company: 'Ünïted', notes: 'Two\nlines' });

      expect((await find(contact.state.id))?.state).toEqual(contact.state);
      expect((await findByEmail(contact.state.email))?.state).toEqual(contact.state);
      expect((await stage.contacts.readByEmail(contact.state.email, stage.ownerId))?.state).toEqual(
        contact.state,
      );
    });

    it('stores what happened together with the contact, once', async () => {
      const contact = await saved();
      const found = (await find(contact.state.id))!;
      found.change({ name: 'Grace' }, madeAt.plusSeconds(60));
      await save(found);

      expect(await stage.eventsOf(contact.state.id)).toEqual([
        { name: 'contact.created', data: contact.events[0]!.data },
      ]);
    });

    it('shows nobody the contact of another, nor one of a malformed id', async () => {
      const { id, email } = (await saved()).state;

      expect(await find(id, stage.otherOwnerId)).toBeNull();
      expect(await findByEmail(email, stage.otherOwnerId)).toBeNull();
      expect(await stage.contacts.readByEmail(email, stage.otherOwnerId)).toBeNull();
      expect(await find("'; drop table contacts", stage.ownerId)).toBeNull();
    });

    it('lets an owner have an address once, and another owner too', async () => {
      const { email } = (await saved()).state;
      const second = aContact({ email });

      await expect(save(second)).rejects.toThrow(ContactEmailTaken);
      expect(await stage.eventsOf(second.state.id)).toEqual([]);
      await save(aContact({ email }, stage.otherOwnerId));
    });

    it('lets no contact change to the address of another', async () => {
      const taken = (await saved()).state.email;
      const contact = await saved();
      const { email } = contact.state;
      contact.change({ email: taken }, madeAt);

      await expect(save(contact)).rejects.toThrow(ContactEmailTaken);
      expect((await find(contact.state.id))?.state.email).toBe(email);
    });

    it('adds a new contact with what happened, for the same unit of work to go on with', async () => {
      const contact = aContact({ phone: '1' });
      const added = stage.unitOfWork.run(async () => stage.contacts.add(contact));

      await expect(added).resolves.toBeUndefined();
      expect((await findByEmail(contact.state.email))?.state).toEqual(contact.state);
      expect(await stage.eventsOf(contact.state.id)).toHaveLength(1);
    });

    it('removes a contact', async () => {
      const contact = await saved();
      await stage.unitOfWork.run(() => stage.contacts.remove(contact));

      expect(await find(contact.state.id)).toBeNull();
      await save(aContact({ email: contact.state.email }));
    });

    it('stores nothing of a unit of work that fails', async () => {
      const contact = aContact();
      const failing = stage.unitOfWork.run(async () => {
        await stage.contacts.save(contact);
        throw new Error('dropped');
      });

      await expect(failing).rejects.toThrow('dropped');
      expect(await find(contact.state.id)).toBeNull();
      expect(await stage.eventsOf(contact.state.id)).toEqual([]);
    });

    it('lets one of many who want the same address at once have it', async () => {
      const email = anAddress();
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => save(aContact({ email }))));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ContactEmailTaken);
      }
    });

    it('loses none of many changes made at once', async () => {
      const { id } = (await saved({ company: 'x' })).state;
      const addLetter = () =>
        stage.unitOfWork.run(async () => {
          const contact = (await stage.contacts.find(id, stage.ownerId))!;
          contact.change({ company: `${contact.state.company}x` }, madeAt);
          await stage.contacts.save(contact);
        });
      await Promise.all(Array.from({ length: 7 }, addLetter));

      expect((await find(id))?.state.company).toBe('xxxxxxxx');
    });

    it('ends with one contact, made once, when bookings and their owner make it at once', async () => {
      const { contacts, unitOfWork, ownerId } = stage;
      const clock = new SystemClock();
      const create = new CreateContact(contacts, unitOfWork, clock, ids);
      const findOrCreate = new FindOrCreateContact(
        contacts,
        new AddInvitee(contacts, clock, ids),
        unitOfWork,
        clock,
      );

      for (let round = 0; round < 5; round += 1) {
        const details = { name: 'Ada', email: anAddress(), phone: '1' };
        const book = () => findOrCreate.execute({ ownerId, ...details });
        const byHand = create.execute({ ownerId, source: 'API', details }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(ContactEmailTaken);
        });
        const found = await Promise.all([book(), book(), book(), book()]);
        await byHand;

        const contact = (await findByEmail(details.email))!;
        expect(found).toEqual(Array(4).fill(contact.state.id));
        expect(await stage.eventsOf(contact.state.id)).toHaveLength(1);
      }
    });

    it('finds a contact for every booking even while its owner keeps deleting it', async () => {
      const { contacts, unitOfWork, ownerId } = stage;
      const clock = new SystemClock();
      const findOrCreate = new FindOrCreateContact(
        contacts,
        new AddInvitee(contacts, clock, ids),
        unitOfWork,
        clock,
      );
      const deleteContact = new DeleteContact(contacts, unitOfWork);
      const email = anAddress();
      const book = () => findOrCreate.execute({ ownerId, name: 'Ada', email, phone: null });
      const remove = (contactId: string) => deleteContact.execute({ contactId, ownerId });

      // Bookings of one host come one after another: that is the lock of his agenda.
      let latest = await book();
      for (let round = 0; round < 10; round += 1) {
        const [found] = await Promise.all([book(), remove(latest)]);
        if (found === latest) expect(await findByEmail(email)).toBeNull();
        else expect((await findByEmail(email))?.state.id).toBe(found);
        latest = await book();
      }
    });

    async function saved(given: GivenContactDetails = {}): Promise<Contact> {
      const contact = aContact(given);
      await save(contact);
      return contact;
    }

    function aContact(given: GivenContactDetails = {}, ownerId = stage.ownerId): Contact {
      const details = { name: 'Ada Lovelace', email: anAddress(), ...given };
      return Contact.create(details, { id: ids.next(), ownerId, source: 'API' }, madeAt);
    }
  });
}

const ids = new RandomIds();
const madeAt = Instant.parse('2026-02-10T12:00:00.123Z');

function anAddress(): string {
  return `${ids.next()}@example.com`;
}
