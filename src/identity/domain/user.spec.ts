import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import type { InvalidData } from '../../kernel/domain-error.js';
import { User } from './user.js';

const now = Instant.parse('2026-02-10T12:00:00Z');
const given = {
  id: 'user',
  email: ' Ada@Example.COM ',
  name: ' Ada Lovelace ',
  username: 'Ada-L',
  timezone: 'europe/london',
  plan: 'pro',
  planExpiresAt: null,
  password: null,
};

describe('User', () => {
  it('keeps each field in one spelling', () => {
    expect(User.create(given, now).state).toEqual({
      id: 'user',
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      username: 'ada-l',
      timezone: 'Europe/London',
      plan: 'PRO',
      planExpiresAt: null,
      reminderMinutes: [1_440, 60],
      passwordHash: null,
      createdAt: now,
      updatedAt: now,
    });
  });

  it('has people reminded as the owner wishes, the longest time before first', () => {
    const user = User.create({ ...given, reminderMinutes: [30, 2_880] }, now);
    expect(user.state.reminderMinutes).toEqual([2_880, 30]);

    user.change({ reminderMinutes: [] }, now);
    expect(user.state.reminderMinutes).toEqual([]);
    expect(faultsOf(() => user.change({ reminderMinutes: [1] }, now))).toEqual({
      reminderMinutes: 'reminderMinutes must be whole minutes, from 5 to 40320 (28 days)',
    });
  });

  it('says all that is wrong at once', () => {
    const wrong = {
      email: 'ada',
      name: '',
      username: '-',
      timezone: '+05:30',
      plan: 'GOLD',
      password: 'short',
    };

    expect(faultsOf(() => User.create({ ...given, ...wrong }, now))).toEqual({
      email: 'Invalid email format',
      name: 'name is required',
      username: 'username must be 2 to 40 letters, digits and hyphens, with no hyphen at either end',
      timezone: 'timezone must be an IANA time zone name',
      plan: 'plan must be one of FREE, PRO, BUSINESS',
      password: 'password must be 8 to 200 characters',
    });
  });

  it.each(['ab', 'a-b', '42', 'x'.repeat(40)])('may be called %s', (username) => {
    expect(faultsOf(() => User.create({ ...given, username }, now))).toEqual({});
  });

  it.each(['a', 'x'.repeat(41), '-ab', 'ab-', 'a_b', 'a.b', 'a b', 'é2', ''])(
    'may not be called %j',
    (username) => {
      expect(Object.keys(faultsOf(() => User.create({ ...given, username }, now)))).toEqual(['username']);
    },
  );

  it.each(['x'.repeat(8), '🐎'.repeat(200)])('may have the password %s', (password) => {
    expect(faultsOf(() => User.create({ ...given, password }, now))).toEqual({});
  });

  it.each(['', 'x'.repeat(7), 'x'.repeat(201)])('may not have the password %j', (password) => {
    expect(Object.keys(faultsOf(() => User.create({ ...given, password }, now)))).toEqual(['password']);
  });

  it('changes only what a patch speaks of', () => {
    const user = User.create({ ...given, planExpiresAt: now }, now);
    user.change({ name: 'Grace', plan: 'BUSINESS' }, now.plusSeconds(1));

    expect(user.state).toEqual({
      ...User.create({ ...given, planExpiresAt: now }, now).state,
      name: 'Grace',
      plan: 'BUSINESS',
      updatedAt: now.plusSeconds(1),
    });
  });

  it('may be given a plan without an end', () => {
    const user = User.create({ ...given, planExpiresAt: now }, now);
    user.change({ planExpiresAt: null }, now);

    expect(user.state.planExpiresAt).toBeNull();
  });

  it('stays as it was when a patch is wrong', () => {
    const user = User.create(given, now);

    expect(faultsOf(() => user.change({ name: 'Grace', plan: 'GOLD' }, now))).toEqual({
      plan: 'plan must be one of FREE, PRO, BUSINESS',
    });
    expect(user.state.name).toBe('Ada Lovelace');
  });
});

function faultsOf(act: () => unknown): Readonly<Record<string, string>> {
  try {
    act();
    return {};
  } catch (error) {
    return (error as InvalidData).details;
  }
}
