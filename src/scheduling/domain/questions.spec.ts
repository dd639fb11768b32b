import { describe, expect, it } from '@jest/globals';
import { InvalidData } from '../../kernel/domain-error.js';
import { readDocument } from './json-fields.js';
import { answersTo, questionsReader, type Question } from './questions.js';

function faultsOf(work: () => unknown): Readonly<Record<string, string>> {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidData) return error.details;
    throw error;
  }
  return {};
}

const faultsOfQuestions = (questions: unknown) => faultsOf(() => readDocument(questionsReader, questions));

const topic = { id: 'topic', label: 'What about?', type: 'text' };

describe('The questions of a file', () => {
  it('are optional to answer and have no options unless they say so', () => {
    expect(readDocument(questionsReader, [topic])).toEqual([{ ...topic, required: false, options: [] }]);
  });

  it.each([['text'], ['textarea'], ['select'], ['multiselect'], ['checkbox'], ['number'], ['phone']])(
    'may be of type %s',
    (type) => {
      expect(faultsOfQuestions([{ ...topic, type, options: ['A', 'B'] }])).toEqual({});
    },
  );

  it('keep options only where there is something to choose', () => {
    const options = ['A', ' B '];
    const [text, select] = readDocument(questionsReader, [
      { ...topic, options },
      { ...topic, id: 'kind', type: 'select', options },
    ]);
    expect(text!.options).toEqual([]);
    expect(select!.options).toEqual(['A', 'B']);
  });

  it.each([[undefined], [null], [[]]])('to choose from need options: %p are none', (options) => {
    expect(faultsOfQuestions([{ ...topic, type: 'multiselect', options }])).toEqual({
      '0.options': 'options must name what there is to choose from',
    });
  });

  it('have ids of their own', () => {
    expect(faultsOfQuestions([topic, { ...topic, id: 'kind' }, topic])).toEqual({
      '2.id': 'id must not repeat that of an earlier question',
    });
  });

  it.each([[''], ['a b'], ['a.b'], ['ä'], ['x'.repeat(65)], ['__proto__'], ['constructor'], [1]])(
    'cannot have the id %p',
    (id) => {
      expect(faultsOfQuestions([{ ...topic, id }])).toEqual({
        '0.id': 'id must be 1 to 64 letters, digits, hyphens or underscores',
      });
    },
  );

  it('are told what is wrong with each', () => {
    const questions = [
      { id: 'a', label: ' ', type: 'date' },
      'What about?',
      { ...topic, required: 1 },
      { ...topic, id: 'b', type: 'select', options: ['A', '', 3, 'x'.repeat(201)] },
    ];
    expect(faultsOfQuestions(questions)).toMatchObject({
      '0.label': 'label must not be empty',
      '0.type': 'type must be one of text, textarea, select, multiselect, checkbox, number, phone',
      1: 'this entry must be an object',
      '2.required': 'required must be true or false',
      '3.options.1': 'this entry must not be empty',
      '3.options.2': expect.any(String),
      '3.options.3': 'this entry must be at most 200 characters',
    });
  });

  it('are at most 50, with at most 100 options', () => {
    const questions = Array.from({ length: 51 }, (_, i) => ({ ...topic, id: `q${i}` }));
    const options = Array.from({ length: 101 }, (_, i) => `option ${i}`);
    expect(faultsOfQuestions(questions.slice(0, 50))).toEqual({});
    expect(Object.values(faultsOfQuestions(questions))).toEqual([expect.stringContaining('at most 50')]);
    expect(faultsOfQuestions([{ ...topic, type: 'select', options: options.slice(0, 100) }])).toEqual({});
    expect(Object.keys(faultsOfQuestions([{ ...topic, type: 'select', options }]))).toContain('0.options');
  });
});

describe('An invitee’s answers', () => {
  const ask = (type: Question['type'], required = false): Question => ({
    id: 'q',
    label: 'Question?',
    type,
    required,
    options: type === 'select' || type === 'multiselect' ? ['red', 'green'] : [],
  });
  const faultsOfAnswer = (question: Question, answer: unknown) =>
    faultsOf(() => answersTo([question], { q: answer }));

  it.each<[Question['type'], unknown, unknown]>([
    ['text', '  a line ', 'a line'],
    ['textarea', 'two\nlines', 'two\nlines'],
    ['select', 'green', 'green'],
    ['multiselect', ['green', 'red', 'green'], ['green', 'red']],
    ['multiselect', [], []],
    ['checkbox', true, true],
    ['checkbox', false, false],
    ['number', -1.5, -1.5],
    ['phone', ' +49 (30) 123-456 ', '+49 (30) 123-456'],
    ['phone', '(030) 12 34', '(030) 12 34'],
  ])('of type %s: %p is kept as %p', (type, answer, kept) => {
    expect(answersTo([ask(type)], { q: answer })).toEqual({ q: kept });
  });

  it.each<[Question['type'], unknown]>([
    ['text', 'two\nlines'],
    ['text', 5],
    ['text', 'x'.repeat(1_001)],
    ['textarea', 'nul\0'],
    ['textarea', ['line']],
    ['select', 'blue'],
    ['select', ['red']],
    ['select', 'RED'],
    ['checkbox', 'true'],
    ['checkbox', 1],
    ['number', '5'],
    ['number', Infinity],
    ['phone', 'call me'],
    ['phone', '1'.repeat(33)],
    ['phone', 491234],
  ])('of type %s cannot be %p', (type, answer) => {
    expect(Object.keys(faultsOfAnswer(ask(type), answer))).toEqual(['answers.q']);
  });

  it('to several options name only options', () => {
    expect(Object.keys(faultsOfAnswer(ask('multiselect'), ['red', 'blue']))).toEqual(['answers.q.1']);
    expect(Object.keys(faultsOfAnswer(ask('multiselect'), 'red'))).toEqual(['answers.q']);
  });

  it.each([[undefined], [null], [''], ['  ']])('may be left blank (%p) where none is required', (answer) => {
    expect(answersTo([ask('text')], { q: answer })).toEqual({});
    expect(faultsOfAnswer(ask('text', true), answer)).toEqual({ 'answers.q': 'q is required' });
  });

  it('that are required choose something, and tick the box', () => {
    expect(faultsOfAnswer(ask('multiselect', true), [])).toEqual({ 'answers.q': 'q is required' });
    expect(faultsOfAnswer(ask('checkbox', true), false)).toEqual({ 'answers.q': 'q must be ticked' });
  });

  it('are refused all at once', () => {
    const questions = [ask('number'), { ...ask('text', true), id: 'name' }, { ...ask('phone'), id: 'phone' }];
    expect(faultsOf(() => answersTo(questions, { q: 'five', phone: '+1 555 0100' }))).toEqual({
      'answers.q': 'q must be a number',
      'answers.name': 'name is required',
    });
  });

  it('to questions that were not asked are left out', () => {
    expect(answersTo([ask('text')], { q: 'yes', other: 'no' })).toEqual({ q: 'yes' });
    expect(answersTo([], { other: 'no' })).toEqual({});
    expect(answersTo([{ ...ask('text'), id: 'toString' }], {})).toEqual({});
  });

  it('may be none at all where none is required', () => {
    expect(answersTo([ask('text')], undefined)).toEqual({});
    expect(answersTo([ask('text')], null)).toEqual({});
  });

  it.each([['text'], [['text']], [5]])('are an object by question and not %p', (answers) => {
    expect(faultsOf(() => answersTo([], answers))).toEqual({ answers: 'answers must be an object' });
  });
});
