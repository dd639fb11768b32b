import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Session } from './session.js';

/** Something that was taken. */
interface TakenRow {
  readonly id: string;
  /** Its place among what is taken of the same receiver. */
  readonly place: number;
  /** What it comes by among those of the same place: the lower, the sooner. */
  readonly due: number;
}

/**
 * Takes what is due by a statement that counts what others have taken before, so that receivers get their turns whoever looks: relays
 * do so one after another, under a lock of that name. The statement takes the limit, and returns `id`, `place` and `due` of each row;
 * what comes back are ids, first places first. It is planned anew each time, for a plan that was made when nothing was owed would read
 * all that is; and without bitmaps, which unlike other ways through an index read what was done long ago each time again.
 */
export async function takeInTurns(
  session: Session,
  unitOfWork: UnitOfWork,
  lock: string,
  statement: string,
  limit: number,
): Promise<string[]> {
  const taken = await unitOfWork.run(async () => {
    session.doWithoutDisk(); // what is lost is rung for once more
    const locked = session.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [lock]);
    const planned = session.query('set local enable_bitmapscan to off');
    // A statement of its own, begun after the lock was ours.
    const due = session.query<TakenRow>(statement, [limit]);
    return (await Promise.all([due, planned, locked]))[0];
  });
  return taken.sort((a, b) => a.place - b.place || a.due - b.due).map(({ id }) => id);
}
