import { brokenConstraint } from '../../platform/persistence/database-errors.js';
import type { Session } from '../../platform/persistence/session.js';
import { EmailTaken, UsernameTaken } from '../domain/errors.js';
import { User } from '../domain/user.js';
import { Users } from '../ports.js';
import { UserRow } from './tables.js';

/** Users in PostgreSQL, whose unique indexes have the last word on who has an address or a username. */
export class TypeOrmUsers extends Users {
  constructor(private readonly session: Session) {
    super();
  }

  async findByEmail(email: string): Promise<User | null> {
    const row = await this.session.manager.findOne(UserRow, {
      where: { email },
      lock: { mode: 'for_no_key_update' }, // rows that refer to the user may still be added meanwhile
    });
    return row && User.of({ ...row });
  }

  async save(user: User): Promise<void> {
    try {
      await this.session.manager.upsert(UserRow, { ...user.state }, ['id']);
    } catch (error) {
      if (brokenConstraint(error) === 'users_email_key') throw new EmailTaken();
      if (brokenConstraint(error) === 'users_username_key') throw new UsernameTaken();
      throw error;
    }
  }
}
