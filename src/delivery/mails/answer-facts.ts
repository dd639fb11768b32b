import { severalLines, oneLine } from '../domain/mail-text.js';
import type { Wording } from '../domain/wording.js';
import type { Fact } from './letter.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * What the invitee answered, under the question's id made readable: `company_size` and `companySize` ask for the "Company size". Of an id
 * that says nothing only its place is told.
 */
export function answerFacts(answers: Readonly<Record<string, unknown>>, wording: Wording): Fact[] {
  return Object.entries(answers).map(([id, answer], i) => ({
    label: readable(oneLine(id)) ?? wording.answer(i + 1),
    lines: answerLines(answer, wording),
  }));
}

function readable(id: string): string | null {
  if (UUID.test(id)) return null;
  const words = id
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\s-]+/g, ' ')
    .trim();
  if (!/\p{L}/u.test(words)) return null;
  return words.charAt(0).toUpperCase() + words.slice(1).replaceAll(/\b\p{Lu}(?=\p{Ll})/gu, lowerCase);
}

function lowerCase(letter: string): string {
  return letter.toLowerCase();
}

function answerLines(answer: unknown, wording: Wording): string[] {
  if (typeof answer === 'boolean') return [wording.yesOrNo(answer)];
  if (typeof answer === 'number') return [String(answer)];
  if (typeof answer === 'string') return severalLines(answer).split('\n');
  if (Array.isArray(answer)) return answer.flatMap((part) => answerLines(part, wording));
  return [];
}
