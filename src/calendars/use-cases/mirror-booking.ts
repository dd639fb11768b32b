import { Duration, Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { tameText } from '../../kernel/text.js';
import { isCalendarFault } from '../domain/errors.js';
import { afterFault, isGivenUp } from '../domain/mirror-retries.js';
import { mirroredEvent } from '../domain/mirrored-event.js';
import type {
  BookedMeetings,
  ClaimedMirroring,
  Connections,
  MirroredBookings,
  MirroringOutcome,
  Notices,
  OwnerCalendars,
} from '../ports.js';

export interface MirrorBookingCommand {
  readonly mirroringId: string;
}

/** One attempt that was made and recorded, for those who keep count. */
export interface MirroringAttempted {
  readonly kind: 'mirror';
  readonly outcome: 'succeeded' | 'retry' | 'failed';
  readonly tookMs: number;
}

const MOST_WORDS = 500;
const TOO_LATE = 'The meeting was over before it could be written into the calendar';

/**
 * One attempt to have a calendar show a booking as it is now. Whoever dies between the calendar and the record leaves an event of the
 * same UID, which the next attempt finds: it is never there twice, and never forgotten.
 */
export class MirrorBooking {
  constructor(
    private readonly mirroredBookings: MirroredBookings,
    private readonly connections: Connections,
    private readonly ownerCalendars: OwnerCalendars,
    private readonly bookedMeetings: BookedMeetings,
    private readonly notices: Notices,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Returns what was attempted; null if there was nothing to attempt, or somebody else has taken it over. */
  async execute({ mirroringId }: MirrorBookingCommand): Promise<MirroringAttempted | null> {
    const claim = await this.unitOfWork.run(() => this.mirroredBookings.claim(mirroringId));
    if (!claim) return null;

    const startedAt = this.clock.now();
    const isOver = isGivenUp(Instant.parse(claim.booking.endTime), startedAt);
    const outcome = isOver ? giveUp(claim) : await this.attempt(claim);
    const tookMs = Duration.between(startedAt, this.clock.now()).toMillis();
    const isRecorded = await this.unitOfWork.run(async () => {
      // The booking before its mirror, as all who lock both.
      if (outcome.kind === 'placed' && outcome.placed.meetingLink !== null)
        await this.tellLink(claim, outcome.placed.meetingLink);
      return this.mirroredBookings.record(claim, outcome);
    });
    return isRecorded ? { kind: 'mirror', outcome: inShort(outcome), tookMs: Math.max(0, tookMs) } : null;
  }

  private async attempt(claim: ClaimedMirroring): Promise<MirroringOutcome> {
    try {
      return await this.write(claim);
    } catch (error) {
      if (!isCalendarFault(error)) throw error;
      const reason = tameText(error.message, MOST_WORDS);
      return { kind: 'failed', reason, ...afterFault(error, claim.attempts + 1) };
    }
  }

  private async tellLink({ booking, ownerId }: ClaimedMirroring, link: string): Promise<void> {
    const isNews = await this.bookedMeetings.meetAt(booking.id, ownerId, link);
    if (isNews) await this.notices.meetingLinkIsKnown(booking.id, link);
  }

  private async write(claim: ClaimedMirroring): Promise<MirroringOutcome> {
    const { booking, provider, connectionId, calendarId, isWanted, placed, mayBeThere } = claim;
    const event = mirroredEvent(booking, provider);
    if (!isWanted && !placed && !mayBeThere) return { kind: 'removed' };

    const account = await this.connections.account(connectionId);
    const ownerCalendar = await this.ownerCalendars.of(provider);
    if (isWanted)
      return {
        kind: 'placed',
        placed: await ownerCalendar.put(account, calendarId, event, placed),
        event,
      };
    // Of what was put and not recorded nobody knows where it is: putting it once more tells.
    const there =
      mayBeThere || !placed ? await ownerCalendar.put(account, calendarId, event, placed) : placed;
    await ownerCalendar.remove(account, calendarId, there.remoteId);
    return { kind: 'removed' };
  }
}

function giveUp({ lastError }: ClaimedMirroring): MirroringOutcome {
  return { kind: 'failed', state: 'FAILED', reason: lastError ?? TOO_LATE, afterSeconds: null };
}

function inShort(outcome: MirroringOutcome): MirroringAttempted['outcome'] {
  if (outcome.kind !== 'failed') return 'succeeded';
  return outcome.afterSeconds === null ? 'failed' : 'retry';
}
