import type { Instant } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { isEmailAddress, normalizeEmail } from '../../kernel/email-address.js';
import { codePoints, faultOfText, textLimits, tidyText } from '../../kernel/text.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { plans, type Plan } from './plan.js';
import { DEFAULT_REMINDER_MINUTES, faultOfReminders } from './reminder-times.js';

// A username is part of public addresses: lower-case letters, digits, and hyphens between them.
const USERNAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** A user's own fields as they come from outside. */
export interface GivenUserDetails {
  readonly email: string;
  readonly name: string;
  /** 2 to 40 letters, digits and inner hyphens; kept in lower case. */
  readonly username: string;
  /** An IANA name or link, in any letter case. */
  readonly timezone: string;
  /** The word for a plan, in any letter case. */
  readonly plan: string;
  /** When the plan ends, trial and grace period included; null if it does not. */
  readonly planExpiresAt: Instant | null;
  /** How many minutes before their meetings people are reminded; a day and an hour if nothing is said. */
  readonly reminderMinutes?: readonly number[];
}

/** The same fields as they are kept. */
export interface UserDetails extends GivenUserDetails {
  readonly plan: Plan;
  /** The longest first. */
  readonly reminderMinutes: readonly number[];
}

export interface UserState extends UserDetails {
  readonly id: string;
  /** Null for a user who cannot sign in with a password. */
  readonly passwordHash: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Someone who offers meetings. It owns what a user may be called and which plans there are. */
export class User {
  private constructor(private current: UserState) {}

  static of(state: UserState): User {
    return new User(state);
  }

  /** Throws `InvalidData` with every fault, those of the password included, which is to be kept as a hash only. */
  static create(
    { id, password, ...given }: GivenUserDetails & { readonly id: string; readonly password: string | null },
    at: Instant,
  ): User {
    const details = tidied(given);
    refuse({ ...faultsOf(details), ...faultsOfPassword(password) });
    return new User({ id, ...details, passwordHash: null, createdAt: at, updatedAt: at });
  }

  get state(): UserState {
    return this.current;
  }

  /** What the patch leaves out stays as it is. Throws `InvalidData` with every fault. */
  change(patch: Partial<GivenUserDetails>, at: Instant): void {
    const { current } = this;
    const details = tidied({
      email: patch.email ?? current.email,
      name: patch.name ?? current.name,
      username: patch.username ?? current.username,
      timezone: patch.timezone ?? current.timezone,
      plan: patch.plan ?? current.plan,
      planExpiresAt: patch.planExpiresAt === undefined ? current.planExpiresAt : patch.planExpiresAt,
      reminderMinutes: patch.reminderMinutes ?? current.reminderMinutes,
    });
    refuse(faultsOf(details));
    this.current = { ...current, ...details, updatedAt: at };
  }

  keepPasswordHash(passwordHash: string): void {
    this.current = { ...this.current, passwordHash };
  }
}

type Faults = Record<string, string>;

/** Each field in the one spelling it is kept in; which of them are wrong, `faultsOf` says. */
function tidied(given: GivenUserDetails): UserDetails {
  return {
    email: normalizeEmail(given.email),
    name: tidyText(given.name),
    username: tidyText(given.username).toLowerCase(),
    timezone: findTimeZone(given.timezone)?.id() ?? given.timezone,
    plan: given.plan.trim().toUpperCase() as Plan,
    planExpiresAt: given.planExpiresAt,
    reminderMinutes: [...(given.reminderMinutes ?? DEFAULT_REMINDER_MINUTES)].sort((a, b) => b - a),
  };
}

function faultsOf({ email, name, username, timezone, plan, reminderMinutes }: UserDetails): Faults {
  const faults: Faults = {};
  const faultOfName = name === '' ? 'is required' : faultOfText(name, textLimits.name, 'one line');
  if (faultOfName) faults['name'] = `name ${faultOfName}`;
  if (!isEmailAddress(email)) faults['email'] = 'Invalid email format';
  if (!isUsername(username)) {
    faults['username'] = 'username must be 2 to 40 letters, digits and hyphens, with no hyphen at either end';
  }
  if (!findTimeZone(timezone)) faults['timezone'] = 'timezone must be an IANA time zone name';
  if (!plans.includes(plan)) faults['plan'] = `plan must be one of ${plans.join(', ')}`;
  const faultOfTimes = faultOfReminders(reminderMinutes);
  if (faultOfTimes) faults['reminderMinutes'] = `reminderMinutes ${faultOfTimes}`;
  return faults;
}

function isUsername(text: string): boolean {
  return text.length >= 2 && text.length <= 40 && USERNAME.test(text);
}

function faultsOfPassword(password: string | null): Faults {
  if (password === null) return {};
  const length = codePoints(password);
  return length >= 8 && length <= 200 ? {} : { password: 'password must be 8 to 200 characters' };
}

function refuse(faults: Faults): void {
  if (Object.keys(faults).length > 0) throw new InvalidData(faults);
}
