import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { EmailTaken, UsernameTaken } from '../../src/identity/domain/errors.js';
import { User, type UserState } from '../../src/identity/domain/user.js';
import type { Users } from '../../src/identity/ports.js';

export interface UsersStage {
  readonly users: Users;
  readonly unitOfWork: UnitOfWork;
  close(): Promise<void>;
}

/** What every keeper of users promises. */
export function usersContract(name: string, open: () => Promise<UsersStage>): void {
  describe(`Users: ${name}`, () => {
    let stage: UsersStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    const save = (user: User) => stage.unitOfWork.run(() => stage.users.save(user));
    const find = (email: string) => stage.unitOfWork.run(() => stage.users.findByEmail(email));

    it('gives a user back as it was saved', async () => {
      const plain = aUser();
      const full = aUser({
        plan: 'PRO',
        planExpiresAt: Instant.parse('2027-01-31T23:59:59.999Z'),
        passwordHash: '$argon2id$...',
        reminderMinutes: [2_880, 30],
        timezone: 'America/New_York',
      });
      await save(plain);
      await save(full);

      expect((await find(plain.state.email))?.state).toEqual(plain.state);
      expect((await find(full.state.email))?.state).toEqual(full.state);
    });

    it('keeps a change', async () => {
      const user = aUser();
      await save(user);
      user.change(
        { name: 'Grace', plan: 'FREE', reminderMinutes: [] },
        Instant.parse('2026-03-01T00:00:00Z'),
      );
      await save(user);

      expect((await find(user.state.email))?.state).toEqual(user.state);
    });

    it('finds nobody by an address that nobody has', async () => {
      expect(await find('nobody@example.com')).toBeNull();
    });

    it('lets nobody have the address or the username of another', async () => {
      const { email, username } = (await saved()).state;

      await expect(save(aUser({ email }))).rejects.toThrow(EmailTaken);
      await expect(save(aUser({ username }))).rejects.toThrow(UsernameTaken);
    });

    it('lets one of many who want the same address at once have it', async () => {
      const email = `wanted-${ids.next()}@example.com`;
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => save(aUser({ email }))));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EmailTaken);
      }
    });

    it('loses none of many changes made at once', async () => {
      const { email } = (await saved({ name: '' })).state;
      const addLetter = () =>
        stage.unitOfWork.run(async () => {
          const user = (await stage.users.findByEmail(email))!;
          user.change({ name: `${user.state.name}x` }, user.state.updatedAt);
          await stage.users.save(user);
        });
      await Promise.all(Array.from({ length: 8 }, addLetter));

      expect((await find(email))?.state.name).toBe('xxxxxxxx');
    });

    async function saved(given: Partial<UserState> = {}): Promise<User> {
      const user = aUser(given);
      await save(user);
      return user;
    }
  });
}

const ids = new RandomIds();

function aUser(given: Partial<UserState> = {}): User {
  const id = ids.next();
  return User.of({
    id,
    email: `${id}@example.com`,
    name: 'Ada Lovelace',
    username: id,
    timezone: 'Europe/London',
    plan: 'BUSINESS',
    planExpiresAt: null,
    reminderMinutes: [1_440, 60],
    passwordHash: null,
    createdAt: Instant.parse('2026-02-10T12:00:00.123Z'),
    updatedAt: Instant.parse('2026-02-10T12:00:00.123Z'),
    ...given,
  });
}
