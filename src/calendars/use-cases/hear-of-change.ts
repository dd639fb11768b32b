import { createHash, timingSafeEqual } from 'node:crypto';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Connections, PushDoor } from '../ports.js';

export interface HearOfChangeCommand {
  readonly connectionId: string;
  /** What was told by, one for each thing that was told; believed only if all are right. */
  readonly secrets: readonly string[];
}

/** A provider tells that something changed in an account: it is read at once, and not only when its turn comes. */
export class HearOfChange {
  constructor(
    private readonly pushDoor: PushDoor,
    private readonly connections: Connections,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether it was believed. */
  async execute({ connectionId, secrets }: HearOfChangeCommand): Promise<boolean> {
    const expected = await this.pushDoor.secretOf(connectionId);
    if (secrets.length === 0 || !secrets.every((secret) => isSame(secret, expected))) return false;
    await this.unitOfWork.run(() => this.connections.hasNews(connectionId));
    return true;
  }
}

/** Takes as long for every secret that is wrong. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
