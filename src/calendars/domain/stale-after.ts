import type { Duration } from '@js-joda/core';

/** How long a calendar may be unreadable before nothing is offered on its account. */
export class StaleAfter {
  constructor(readonly duration: Duration) {}
}
