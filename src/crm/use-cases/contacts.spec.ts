import { Duration } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryContacts } from '../../../test/fakes/in-memory-contacts.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { idNumber, SequentialIds } from '../../../test/fakes/sequential-ids.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { ContactEmailTaken, ContactNotFound } from '../domain/errors.js';
import { AddInvitee } from './add-invitee.js';
import { ChangeContact } from './change-contact.js';
import { CreateContact } from './create-contact.js';
import { DeleteContact } from './delete-contact.js';
import { FindOrCreateContact } from './find-or-create-contact.js';

const ownerId = 'owner';
const stranger = 'stranger';
const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };

describe("an owner's contacts", () => {
  let clock: FixedClock;
  let contacts: InMemoryContacts;
  let createContact: CreateContact;
  let changeContact: ChangeContact;
  let deleteContact: DeleteContact;
  let findOrCreateContact: FindOrCreateContact;
  beforeEach(() => {
    clock = new FixedClock();
    contacts = new InMemoryContacts();
    const ids = new SequentialIds();
    const unitOfWork = new InMemoryUnitOfWork(contacts);
    createContact = new CreateContact(contacts, unitOfWork, clock, ids);
    changeContact = new ChangeContact(contacts, unitOfWork, clock);
    deleteContact = new DeleteContact(contacts, unitOfWork);
    findOrCreateContact = new FindOrCreateContact(
      contacts,
      new AddInvitee(contacts, clock, ids),
      unitOfWork,
      clock,
    );
  });

  const create = (details = ada) => createContact.execute({ ownerId, source: 'API', details });
  const book = (phone: string | null = null, name = ada.name) =>
    findOrCreateContact.execute({ ownerId, name, email: 'ADA@example.com', phone });

  it('are added and told of', async () => {
    const { state } = await create();

    expect(contacts.all).toEqual([state]);
    expect(contacts.events.map(({ name, subjectId }) => [name, subjectId])).toEqual([
      ['contact.created', state.id],
    ]);
  });

  it('have an address once', async () => {
    await create();

    await expect(create()).rejects.toThrow('A contact with this email already exists');
    expect(contacts.all).toHaveLength(1);
    expect(contacts.events).toHaveLength(1);
  });

  it('are not added with wrong data', async () => {
    await expect(create({ ...ada, email: 'ada' })).rejects.toThrow(InvalidData);
  });

  it('are changed', async () => {
    const { id } = (await create()).state;
    clock.advance(Duration.ofMinutes(1));
    await changeContact.execute({ contactId: id, ownerId, patch: { name: 'Grace' } });

    expect(contacts.all).toMatchObject([{ name: 'Grace', email: ada.email, updatedAt: clock.now() }]);
  });

  it('cannot be changed to the address of another', async () => {
    await create();
    const { id } = (await create({ ...ada, email: 'grace@example.com' })).state;
    const patch = { email: ada.email };

    await expect(changeContact.execute({ contactId: id, ownerId, patch })).rejects.toThrow(ContactEmailTaken);
  });

  it('are deleted once', async () => {
    const contactId = (await create()).state.id;
    await deleteContact.execute({ contactId, ownerId });

    expect(contacts.all).toEqual([]);
    await expect(deleteContact.execute({ contactId, ownerId })).rejects.toThrow('Contact not found');
  });

  it('are out of reach of others', async () => {
    const contactId = (await create()).state.id;
    const changing = changeContact.execute({ contactId, ownerId: stranger, patch: { name: 'X' } });

    await expect(changing).rejects.toThrow(ContactNotFound);
    await expect(deleteContact.execute({ contactId, ownerId: stranger })).rejects.toThrow(ContactNotFound);
    expect(contacts.all).toHaveLength(1);
  });

  it('are made by a booking of somebody new', async () => {
    expect(await book('1')).toBe(idNumber(1));
    expect(contacts.all).toMatchObject([{ ...ada, phone: '1', source: 'BOOKING', ownerId }]);
    expect(contacts.events).toHaveLength(1);
  });

  it('are found by a booking of somebody known, whose blanks it fills without overwriting anything', async () => {
    const { id } = (await create()).state;

    expect(await book('1', 'A. L.')).toBe(id);
    expect(await book('2', 'A. L.')).toBe(id);
    expect(contacts.all).toMatchObject([{ ...ada, phone: '1', source: 'API' }]);
    expect(contacts.events).toHaveLength(1);
  });
});
