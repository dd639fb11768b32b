import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { InMemoryUsers } from '../../../test/fakes/in-memory-users.js';
import { PlainPasswords } from '../../../test/fakes/plain-passwords.js';
import { idNumber, SequentialIds } from '../../../test/fakes/sequential-ids.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { EmailTaken, UserNotFound } from '../domain/errors.js';
import { CreateUser, type CreateUserCommand } from './create-user.js';
import { UpdateUser } from './update-user.js';

const ada: CreateUserCommand = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  username: 'ada',
  timezone: 'Europe/London',
  plan: 'PRO',
  planExpiresAt: null,
  password: 'correct horse',
};

describe('users', () => {
  let users: InMemoryUsers;
  let createUser: CreateUser;
  let updateUser: UpdateUser;
  beforeEach(() => {
    users = new InMemoryUsers();
    const unitOfWork = new InMemoryUnitOfWork(users);
    const clock = new FixedClock();
    createUser = new CreateUser(users, new PlainPasswords(), unitOfWork, clock, new SequentialIds());
    updateUser = new UpdateUser(users, unitOfWork, clock);
  });

  it('are made with a password that is kept as a hash', async () => {
    expect(await createUser.execute(ada)).toBe(idNumber(1));
    expect(users.all).toMatchObject([
      { id: idNumber(1), username: 'ada', passwordHash: 'hash of correct horse' },
    ]);
    expect(users.all[0]).not.toHaveProperty('password');
  });

  it('may do without a password', async () => {
    await createUser.execute({ ...ada, password: null });

    expect(users.all[0]?.passwordHash).toBeNull();
  });

  it('are not made of wrong data', async () => {
    await expect(createUser.execute({ ...ada, plan: 'GOLD' })).rejects.toThrow(InvalidData);
    expect(users.all).toEqual([]);
  });

  it('are not made twice', async () => {
    await createUser.execute(ada);

    await expect(createUser.execute({ ...ada, username: 'other' })).rejects.toThrow(EmailTaken);
  });

  it('are changed by their address, in any letter case', async () => {
    await createUser.execute(ada);

    expect(await updateUser.execute({ userEmail: 'ADA@example.com', patch: { plan: 'FREE' } })).toBe(
      idNumber(1),
    );
    expect(users.all).toMatchObject([{ name: 'Ada Lovelace', plan: 'FREE' }]);
  });

  it('cannot be changed if nobody has the address', async () => {
    await expect(updateUser.execute({ userEmail: 'x@example.com', patch: {} })).rejects.toThrow(UserNotFound);
  });
});
