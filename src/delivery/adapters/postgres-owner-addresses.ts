import type { Session } from '../../platform/persistence/session.js';
import { OwnerAddresses } from '../ports.js';

export class PostgresOwnerAddresses extends OwnerAddresses {
  constructor(private readonly session: Session) {
    super();
  }

  async emailOf(ownerId: string): Promise<string | null> {
    const [row] = await this.session.query<{ email: string }>('select email from users where id = $1', [
      ownerId,
    ]);
    return row?.email ?? null;
  }
}
