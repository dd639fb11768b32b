// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;

/** How long each kind of text may be, in Unicode code points after trimming. */
export const textLimits = {
  name: 200,
  email: 254,
  phone: 32,
  company: 200,
  notes: 10_000,
  reason: 1_000,
  search: 200,
} as const;

/** Text as it is kept: without surrounding white space, composed (Unicode NFC). */
export function tidyText(text: string): string {
  return text.normalize('NFC').trim();
}

/** Length as people count it: in code points, so that an emoji is one and not two. */
export function codePoints(text: string): number {
  if (text.length === 0) return 0;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Whether a text has more code points than that; they are counted only where it may. */
export function isLongerThan(text: string, codePointsAtMost: number): boolean {
  return text.length > codePointsAtMost && codePoints(text) > codePointsAtMost;
}

/**
 * What a server said, as it may be kept and shown: well-formed, in one line, without control characters (PostgreSQL keeps no NUL, and no
 * terminal should obey the rest), and no longer than `max` code points.
 */
export function tameText(text: string, max: number): string {
  const tame = text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return tame.length > max ? [...tame].slice(0, max).join('') : tame;
}

/**
 * What is wrong with a text for a field of one line (a header may be made of it) or of several, as the end of a sentence;
 * null if nothing. Lone surrogates and NUL have no place in PostgreSQL, and CR and LF none in a mail's header.
 */
export function faultOfText(text: string, max: number, lines: 'one line' | 'several lines'): string | null {
  if (!text.isWellFormed()) return 'must be well-formed text';
  const forbidden = lines === 'one line' ? CONTROL_CHARACTERS : CONTROL_CHARACTERS_BUT_LINES;
  if (forbidden.test(text)) return 'must not contain control characters';
  if (isLongerThan(text, max)) return `must be at most ${max} characters`;
  return null;
}
