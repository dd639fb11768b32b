import { apiKeysContract } from '../../../test/contracts/api-keys.contract.js';
import { identityDatabase } from '../../../test/support/identity-database.js';

apiKeysContract('TypeORM', async () => {
  const database = await identityDatabase();
  const { apiKeys, unitOfWork } = database;
  return { apiKeys, unitOfWork, ownerId: await database.addUser('ada'), close: () => database.close() };
});
