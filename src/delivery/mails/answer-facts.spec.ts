import { describe, expect, it } from '@jest/globals';
import { english } from '../domain/wording-english.js';
import { answerFacts } from './answer-facts.js';

const labelOf = (id: string) => answerFacts({ [id]: 'x' }, english)[0]!.label;

describe('An answer in a mail', () => {
  it.each([
    ['topic', 'Topic'],
    ['company_size', 'Company size'],
    ['companySize', 'Company size'],
    ['how-did-you-hear', 'How did you hear'],
    ['VAT_id', 'VAT id'],
    ['q1', 'Q1'],
  ])('to %s stands under "%s"', (id, label) => {
    expect(labelOf(id)).toBe(label);
  });

  it.each(['01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d10', '42', '__'])(
    'to a question whose id (%s) says nothing stands under its place',
    (id) => {
      expect(labelOf(id)).toBe('Answer 1');
    },
  );

  it('is written in lines, whatever kind it is of', () => {
    const answers = { a: 'one\r\ntwo', b: ['S', 'M'], c: true, d: false, e: 1.5 };
    expect(answerFacts(answers, english).map(({ lines }) => lines)).toEqual([
      ['one', 'two'],
      ['S', 'M'],
      ['Yes'],
      ['No'],
      ['1.5'],
    ]);
  });
});
