import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { EventTypeNotFound } from '../domain/errors.js';
import type { EventType } from '../domain/event-type.js';
import type { EventTypes } from '../ports.js';

export interface RedefineEventTypeCommand {
  readonly eventTypeId: string;
  readonly ownerId: string;
  /** The parsed JSON of an event type's file; what it leaves out stays as it is. */
  readonly definition: unknown;
}

/** An owner changes the terms of an offer. Meetings already booked stay as they were agreed. */
export class RedefineEventType {
  constructor(
    private readonly eventTypes: EventTypes,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ eventTypeId, ownerId, definition }: RedefineEventTypeCommand): Promise<EventType> {
    return this.unitOfWork.run(async () => {
      const eventType = await this.eventTypes.find(eventTypeId, ownerId);
      if (!eventType) throw new EventTypeNotFound();

      const redefined = eventType.redefine(definition, this.clock.now());
      await this.eventTypes.save(redefined);
      return redefined;
    });
  }
}
