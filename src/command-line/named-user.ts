import { UserNotFound } from '../identity/domain/errors.js';
import { UserReads, type UserView } from '../identity/reads/user-reads.js';
import type { OpenInstallation } from './installation.js';

/** The user whom an option names by e-mail address, in any letter case. Throws `UserNotFound`. */
export async function userNamed(open: OpenInstallation, email: string): Promise<UserView> {
  const user = await open.get(UserReads).byEmail(email);
  if (!user) throw new UserNotFound();
  return user;
}
