import { usersContract } from '../../../test/contracts/users.contract.js';
import { identityDatabase } from '../../../test/support/identity-database.js';

usersContract('TypeORM', identityDatabase);
