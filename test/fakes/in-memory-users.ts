import { EmailTaken, UsernameTaken } from '../../src/identity/domain/errors.js';
import { User, type UserState } from '../../src/identity/domain/user.js';
import { Users } from '../../src/identity/ports.js';
import type { Restorable } from './in-memory-unit-of-work.js';

export class InMemoryUsers extends Users implements Restorable {
  private kept = new Map<string, UserState>();

  get all(): UserState[] {
    return [...this.kept.values()];
  }

  async findByEmail(email: string): Promise<User | null> {
    const state = this.all.find((user) => user.email === email);
    return state ? User.of(state) : null;
  }

  async save({ state }: User): Promise<void> {
    const others = this.all.filter(({ id }) => id !== state.id);
    if (others.some(({ email }) => email === state.email)) throw new EmailTaken();
    if (others.some(({ username }) => username === state.username)) throw new UsernameTaken();
    this.kept.set(state.id, state);
  }

  snapshot(): () => void {
    const before = new Map(this.kept);
    return () => (this.kept = before);
  }
}
