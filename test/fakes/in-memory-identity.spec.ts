import { apiKeysContract } from '../contracts/api-keys.contract.js';
import { issuedKeysContract } from '../contracts/issued-keys.contract.js';
import { usersContract } from '../contracts/users.contract.js';
import { InMemoryApiKeys } from './in-memory-api-keys.js';
import { InMemoryIssuedKeys } from './in-memory-issued-keys.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';
import { InMemoryUsers } from './in-memory-users.js';
import { idNumber } from './sequential-ids.js';

const close = async () => undefined;

usersContract('in memory', async () => {
  const users = new InMemoryUsers();
  return { users, unitOfWork: new InMemoryUnitOfWork(users), close };
});

apiKeysContract('in memory', async () => {
  const apiKeys = new InMemoryApiKeys();
  return { apiKeys, unitOfWork: new InMemoryUnitOfWork(apiKeys), ownerId: idNumber(1), close };
});

issuedKeysContract('in memory', async () => {
  const users = new InMemoryUsers();
  const apiKeys = new InMemoryApiKeys();
  const unitOfWork = new InMemoryUnitOfWork(users, apiKeys);
  return { issuedKeys: new InMemoryIssuedKeys(users, apiKeys), users, apiKeys, unitOfWork, close };
});
