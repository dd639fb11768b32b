import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { EventType } from '../domain/event-type.js';
import { holdSlot, type Hold } from '../domain/hold.js';
import type { Agendas, Holds } from '../ports.js';
import { claimSlot, lockAgenda } from './claim-slot.js';

export interface HoldSlotCommand {
  readonly eventTypeId: string;
  readonly start: Instant;
}

/** A slot is kept for an invitee who is still filling in the form. */
export class HoldSlot {
  constructor(
    private readonly agendas: Agendas,
    private readonly holds: Holds,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ eventTypeId, start }: HoldSlotCommand): Promise<{ hold: Hold; eventType: EventType }> {
    return this.unitOfWork.run(async () => {
      const at = this.clock.now();
      const wish = { eventTypeId, start, at };
      const agenda = await lockAgenda(this.agendas, wish);
      claimSlot(agenda, wish);

      const { eventType } = agenda;
      const hold = holdSlot(eventType, start, { id: this.ids.next(), token: this.ids.secret() }, at);
      await this.holds.release(hold.ownerId, null, at);
      await this.holds.save(hold);
      return { hold, eventType };
    });
  }
}
