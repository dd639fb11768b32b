import type { Clock } from '../../kernel/clock.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { UserNotFound } from '../domain/errors.js';
import type { GivenUserDetails } from '../domain/user.js';
import type { Users } from '../ports.js';

export interface UpdateUserCommand {
  readonly userEmail: string;
  /** What is left out stays as it is. */
  readonly patch: Partial<GivenUserDetails>;
}

/** A user gets another name, plan, time zone, ... */
export class UpdateUser {
  constructor(
    private readonly users: Users,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Returns the user's id. */
  async execute({ userEmail, patch }: UpdateUserCommand): Promise<string> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.findByEmail(normalizeEmail(userEmail));
      if (!user) throw new UserNotFound();

      user.change(patch, this.clock.now());
      await this.users.save(user);
      return user.state.id;
    });
  }
}
