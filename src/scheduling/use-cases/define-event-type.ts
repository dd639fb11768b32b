import type { ZoneId } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { EventType } from '../domain/event-type.js';
import type { EventTypes } from '../ports.js';

export interface DefineEventTypeCommand {
  readonly ownerId: string;
  /** The zone of its hours, if the definition names none. */
  readonly ownerZone: ZoneId;
  /** The parsed JSON of an event type's file. */
  readonly definition: unknown;
}

/** An owner offers something new to book, last in the order. */
export class DefineEventType {
  constructor(
    private readonly eventTypes: EventTypes,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ ownerId, ownerZone, definition }: DefineEventTypeCommand): Promise<EventType> {
    return this.unitOfWork.run(async () => {
      const eventType = EventType.define(definition, {
        id: this.ids.next(),
        ownerId,
        position: await this.eventTypes.nextPosition(ownerId),
        defaultZone: ownerZone,
        at: this.clock.now(),
      });
      await this.eventTypes.save(eventType);
      return eventType;
    });
  }
}
