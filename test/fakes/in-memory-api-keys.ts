import { ApiKey, type ApiKeyState } from '../../src/identity/domain/api-key.js';
import { ApiKeys } from '../../src/identity/ports.js';
import type { Restorable } from './in-memory-unit-of-work.js';

export class InMemoryApiKeys extends ApiKeys implements Restorable {
  private kept = new Map<string, ApiKeyState>();

  get all(): ApiKeyState[] {
    return [...this.kept.values()];
  }

  async find(id: string): Promise<ApiKey | null> {
    const state = this.kept.get(id);
    return state ? ApiKey.of(state) : null;
  }

  async save({ state }: ApiKey): Promise<void> {
    this.kept.set(state.id, state);
  }

  snapshot(): () => void {
    const before = new Map(this.kept);
    return () => (this.kept = before);
  }
}
