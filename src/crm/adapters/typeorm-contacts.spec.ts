import { contactsContract } from '../../../test/contracts/contacts.contract.js';
import { crmDatabase } from '../../../test/support/crm-database.js';

contactsContract('TypeORM', async () => {
  const database = await crmDatabase();
  const { contacts, unitOfWork, dataSource } = database;
  return {
    contacts,
    unitOfWork,
    ownerId: await database.addOwner(),
    otherOwnerId: await database.addOwner(),
    eventsOf: (contactId) =>
      dataSource.query('select name, data from outbox where subject_id = $1 order by position', [contactId]),
    close: () => database.close(),
  };
});
