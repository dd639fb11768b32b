/** How many webhooks one endpoint is sent in a row at most. */
const MOST_IN_A_ROW = 8;

/** The time in milliseconds that its receiver can take for them before somebody else has a turn. */
const LONGEST_ROW_MS = 250;

/** Webhooks that were sent to one endpoint one after another, without a ring for each. */
export interface WebhookRow {
  readonly sent: number;
  /** How long the receiver took to answer all of them, in milliseconds. */
  readonly tookMs: number;
}

/**
 * Whether another follows at once. A receiver that is quick gets several for one ring; one that is slow, or owed very much, lets others
 * have their turn.
 */
export function goesOn({ sent, tookMs }: WebhookRow): boolean {
  return sent < MOST_IN_A_ROW && tookMs < LONGEST_ROW_MS;
}
