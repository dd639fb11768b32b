/** How often a lane is looked at. */
export const LOOK_EVERY_MS = 15_000;

/** For how long jobs wait in vain before the lane counts as stuck. */
export const STUCK_AFTER_MS = 60_000;

/**
 * Whether a lane of this process is stuck: for a minute jobs were seen waiting at every look, and in all that time it was handed none and
 * had none under way. One that is slow, or full, or whose queue cannot be asked, is not stuck. Times are milliseconds of a clock that
 * nobody sets.
 */
export class LaneWatch {
  private underWay = 0;
  private lookedAt = -Infinity;
  /** The first look at which jobs waited in vain; null if none has since the last sign of life. */
  private inVainSince: number | null = null;

  /** A job was handed over. */
  begun(): void {
    this.underWay += 1;
    this.inVainSince = null;
  }

  /** Its handler has ended, well or not. */
  ended(): void {
    this.underWay -= 1;
  }

  /**
   * Sees how many jobs wait, null if that cannot be told, and says whether the lane is stuck. Whoever is told so cures it: the minute
   * begins anew. It does too where a look is missing: a process that was not there to look was not there to be handed a job either.
   */
  look(waiting: number | null, at: number): boolean {
    const isLate = at - this.lookedAt > 2 * LOOK_EVERY_MS;
    this.lookedAt = at;
    if (!waiting || this.underWay > 0) this.inVainSince = null;
    else if (this.inVainSince === null || isLate) this.inVainSince = at;
    if (this.inVainSince === null || at - this.inVainSince < STUCK_AFTER_MS) return false;
    this.inVainSince = null;
    return true;
  }
}
