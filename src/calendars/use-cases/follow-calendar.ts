import type { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { answerTo, refusal, type Answer, type OwnersChange } from '../domain/owners-change.js';
import type { HostedMeetings, OwnersChanges } from '../ports.js';

export interface FollowCalendarCommand {
  readonly mirroringId: string;
}

const CALLED_OFF = 'The host removed the meeting from the calendar';

/**
 * A booking follows what its owner did to its event in the calendar, all at once or not at all. Where it cannot, its event is put back
 * and the owner is told why.
 */
export class FollowCalendar {
  constructor(
    private readonly ownersChanges: OwnersChanges,
    private readonly hostedMeetings: HostedMeetings,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ mirroringId }: FollowCalendarCommand): Promise<void> {
    try {
      await this.unitOfWork.run(() => this.follow(mirroringId, (answer) => answer));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Nothing of it is stored, and meanwhile all may be different.
      await this.unitOfWork.run(() =>
        this.follow(mirroringId, (answer, change) => instead(answer, change, error)),
      );
    }
  }

  private async follow(
    mirroringId: string,
    decide: (answer: Answer, change: OwnersChange) => Answer,
  ): Promise<void> {
    const booking = await this.ownersChanges.bookingOf(mirroringId);
    if (!booking) return;
    // The booking before its mirror, as all who lock both.
    const meeting = await this.hostedMeetings.lookUp(booking.id, booking.ownerId);
    const owed = await this.ownersChanges.take(mirroringId);
    if (!owed) return;
    const { change, event, isFollowed } = owed;
    const answer: Answer =
      meeting && isFollowed
        ? decide(answerTo(change, event, meeting, this.clock.now()), change)
        : { kind: 'nothing' };
    if (answer.kind === 'put back') return this.ownersChanges.putBack(mirroringId, answer.reason);
    if (answer.kind === 'move') await this.hostedMeetings.move(booking.id, booking.ownerId, answer.start);
    if (answer.kind === 'cancel') await this.hostedMeetings.cancel(booking.id, booking.ownerId, CALLED_OFF);
    await this.ownersChanges.settle(mirroringId, answer.kind === 'let be' ? answer.reason : null);
  }
}

/** What is done where an answer was refused. */
function instead(answer: Answer, change: OwnersChange, { message }: DomainError): Answer {
  if (answer.kind === 'move' && change.kind === 'MOVED') return refusal(change.start, inASentence(message));
  return answer.kind === 'cancel' ? { kind: 'let be', reason: message } : answer;
}

function inASentence(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
