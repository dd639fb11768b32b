import { contactsContract } from '../contracts/contacts.contract.js';
import { InMemoryContacts } from './in-memory-contacts.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';
import { idNumber } from './sequential-ids.js';

contactsContract('in memory', async () => {
  const contacts = new InMemoryContacts();
  return {
    contacts,
    unitOfWork: new InMemoryUnitOfWork(contacts),
    ownerId: idNumber(1),
    otherOwnerId: idNumber(2),
    eventsOf: async (contactId) =>
      contacts.events
        .filter(({ subjectId }) => subjectId === contactId)
        .map(({ name, data }) => ({ name, data })),
    close: async () => undefined,
  };
});
