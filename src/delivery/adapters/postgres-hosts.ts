import type { Session } from '../../platform/persistence/session.js';
import { Hosts, type Host } from '../ports.js';

export class PostgresHosts extends Hosts {
  constructor(private readonly session: Session) {
    super();
  }

  async find(ownerId: string): Promise<Host | null> {
    const [host] = await this.session.prepared<Host>(
      'host',
      'select id, name, email, timezone, reminder_minutes as "reminderMinutes" from users where id = $1',
      [ownerId],
    );
    return host ?? null;
  }
}
