import { isId } from '../../kernel/ids.js';
import type { Session } from '../../platform/persistence/session.js';
import { ApiKey } from '../domain/api-key.js';
import { ApiKeys } from '../ports.js';
import { ApiKeyRow } from './tables.js';

/** API keys in PostgreSQL. */
export class TypeOrmApiKeys extends ApiKeys {
  constructor(private readonly session: Session) {
    super();
  }

  async find(id: string): Promise<ApiKey | null> {
    if (!isId(id)) return null;
    const row = await this.session.manager.findOne(ApiKeyRow, {
      where: { id },
      lock: { mode: 'for_no_key_update' },
    });
    return row && ApiKey.of({ ...row });
  }

  async save(key: ApiKey): Promise<void> {
    await this.session.manager.upsert(ApiKeyRow, { ...key.state }, ['id']);
  }
}
