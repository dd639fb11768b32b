import { textLimits } from '../../kernel/text.js';
import {
  Faults,
  filled,
  flag,
  isObject,
  join,
  list,
  matching,
  oneOf,
  optional,
  record,
  required,
  text,
  type Reader,
} from './json-fields.js';

const MAX_OPTIONS = 100;
const QUESTION_TYPES = ['text', 'textarea', 'select', 'multiselect', 'checkbox', 'number', 'phone'] as const;

/** What an invitee is asked when booking. */
export interface Question {
  readonly id: string;
  readonly label: string;
  readonly type: (typeof QUESTION_TYPES)[number];
  readonly required: boolean;
  /** What there is to choose from; empty unless the type is `select` or `multiselect`. */
  readonly options: readonly string[];
}

export type Answer = string | number | boolean | readonly string[];

/** Reads `questions`: at most 50, each with an id of its own. */
export const questionsReader: Reader<readonly Question[]> = (value, path, faults) => {
  const questions: Question[] = [];
  list(questionReader, 50)(value, path, faults)?.forEach((question, i) => {
    if (!question) return;
    if (questions.some(({ id }) => id === question.id)) {
      faults.add(join(path, `${i}.id`), 'must not repeat that of an earlier question');
    }
    questions.push(question);
  });
  return questions;
};

const optionsReader: Reader<readonly string[]> = (value, path, faults) =>
  list(filled(text(200)), MAX_OPTIONS)(value, path, faults)?.filter((option) => option !== undefined);

const questionRecord = record<Question>({
  // Two names are out because no request body may bear them as keys.
  id: required(
    matching(
      /^(?!(?:__proto__|constructor)$)[A-Za-z0-9_-]{1,64}$/,
      'must be 1 to 64 letters, digits, hyphens or underscores',
    ),
  ),
  label: required(filled(text(200))),
  type: required(oneOf(QUESTION_TYPES)),
  required: optional(false, flag),
  options: optional([], optionsReader),
});

const questionReader: Reader<Question> = (value, path, faults) => {
  const question = questionRecord(value, path, faults);
  if (!question) return undefined;
  if (question.type !== 'select' && question.type !== 'multiselect') return { ...question, options: [] };
  return question.options.length > 0
    ? question
    : faults.add(join(path, 'options'), 'must name what there is to choose from');
};

/**
 * What an invitee answered (an object by question id), as it is kept. Questions not asked are ignored, and those left blank are
 * left out. Throws `InvalidData` with a sentence for each answer that is missing or does not fit its question.
 */
export function answersTo(questions: readonly Question[], given: unknown): Record<string, Answer> {
  const faults = new Faults();
  const answers: Record<string, Answer> = {};
  if (given !== undefined && given !== null && !isObject(given)) faults.add('answers', 'must be an object');
  for (const question of questions) {
    const path = join('answers', question.id);
    const answer = isObject(given) && Object.hasOwn(given, question.id) ? given[question.id] : null;
    if (!isBlank(answer)) {
      const kept = answerReader(question)(answer, path, faults);
      if (kept !== undefined) answers[question.id] = kept;
    } else if (question.required) {
      faults.add(path, 'is required');
    }
  }
  faults.throwIfAny();
  return answers;
}

function isBlank(answer: unknown): boolean {
  return answer === null || answer === undefined || (typeof answer === 'string' && answer.trim() === '');
}

function answerReader({ type, required, options }: Question): Reader<Answer> {
  switch (type) {
    case 'text':
      return text(1_000);
    case 'textarea':
      return text(textLimits.notes, 'several lines');
    case 'phone':
      return phone;
    case 'number':
      return number;
    case 'checkbox':
      return required ? ticked : flag;
    case 'select':
      return oneOf(options);
    case 'multiselect':
      return severalOf(options, required);
  }
}

const PHONE = /^[+(]?[\d+(][\d ()./#*x-]*\d$/i;

const phone: Reader<string> = (value, path, faults) => {
  const kept = text(textLimits.phone)(value, path, faults);
  return kept === undefined || PHONE.test(kept) ? kept : faults.add(path, 'must be a phone number');
};

const number: Reader<number> = (value, path, faults) =>
  typeof value === 'number' && Number.isFinite(value) ? value : faults.add(path, 'must be a number');

const ticked: Reader<boolean> = (value, path, faults) =>
  value === true ? true : faults.add(path, 'must be ticked');

function severalOf(options: readonly string[], required: boolean): Reader<readonly string[]> {
  return (value, path, faults) => {
    const chosen = list(oneOf(options), MAX_OPTIONS)(value, path, faults)?.filter(
      (option) => option !== undefined,
    );
    if (chosen?.length === 0 && required) return faults.add(path, 'is required');
    return chosen && [...new Set(chosen)];
  };
}
