import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { User } from '../domain/user.js';
import type { Passwords, Users } from '../ports.js';

export interface CreateUserCommand {
  readonly email: string;
  readonly name: string;
  readonly username: string;
  readonly timezone: string;
  readonly plan: string;
  readonly planExpiresAt: Instant | null;
  /** How many minutes before their meetings people are reminded; a day and an hour if nothing is said. */
  readonly reminderMinutes?: readonly number[];
  /** 8 to 200 characters; null for a user who does not sign in with a password. */
  readonly password: string | null;
}

/** A new user on this installation. */
export class CreateUser {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the new user's id. */
  async execute(command: CreateUserCommand): Promise<string> {
    const user = User.create({ id: this.ids.next(), ...command }, this.clock.now());
    if (command.password !== null) user.keepPasswordHash(await this.passwords.hash(command.password));
    await this.unitOfWork.run(() => this.users.save(user));
    return user.state.id;
  }
}
