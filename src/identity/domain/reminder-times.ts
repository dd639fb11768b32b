const MOST = 5;
const LEAST_MINUTES = 5;
const MOST_MINUTES = 40_320;

/** How many minutes before their meetings people are reminded if the owner has no other wish: a day and an hour. */
export const DEFAULT_REMINDER_MINUTES: readonly number[] = [1_440, 60];

/** What is wrong with how long before meetings an owner wants people reminded, as the end of a sentence; null if nothing. */
export function faultOfReminders(minutes: readonly number[]): string | null {
  if (minutes.length > MOST) return `must be at most ${MOST} times`;
  const areWhole = minutes.every(
    (each) => Number.isInteger(each) && each >= LEAST_MINUTES && each <= MOST_MINUTES,
  );
  if (!areWhole) return `must be whole minutes, from ${LEAST_MINUTES} to ${MOST_MINUTES} (28 days)`;
  return new Set(minutes).size === minutes.length ? null : 'must not name a time twice';
}
