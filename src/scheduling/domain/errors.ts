import { Conflict, InvalidData, NotFound } from '../../kernel/domain-error.js';

export class BookingNotFound extends NotFound {
  constructor() {
    super('Booking not found');
  }
}

export class EventTypeNotFound extends NotFound {
  constructor() {
    super('Event type not found');
  }
}

export class BookingAlreadyCancelled extends Conflict {
  constructor() {
    super('Booking is already cancelled');
  }
}

export class BookingAlreadyEnded extends Conflict {
  constructor() {
    super('Booking has already ended');
  }
}

export class NotIntoThePast extends Conflict {
  constructor() {
    super('A booking cannot be moved into the past');
  }
}

/** The time is on offer, but a booking, a hold, busy time, a buffer or a reached limit stands in its way. */
export class SlotTaken extends Conflict {
  constructor() {
    super('This time slot is no longer available');
  }
}

/** No such time was ever on offer: past, within notice, beyond the window, off the grid or outside hours. */
export class SlotNotOffered extends InvalidData {
  constructor() {
    super({ startTime: 'This time is not offered for booking' });
  }
}

/** More times were to be explained than one answer explains. */
export class TooManyTimes extends InvalidData {
  constructor(max: number) {
    super({ explain: `explain covers at most ${max} times, ask for fewer days` });
  }
}

export class SlugTaken extends Conflict {
  constructor() {
    super('An event type with this slug already exists');
  }
}
