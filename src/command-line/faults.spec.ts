import { describe, expect, it } from '@jest/globals';
import { InvalidData } from '../kernel/domain-error.js';
import { UserNotFound } from '../identity/domain/errors.js';
import { sentenceOf } from './faults.js';

describe('a fault', () => {
  it('is told with every field that is wrong', () => {
    const fault = new InvalidData({ email: 'Invalid email format', 'availability.0.end': 'end is required' });

    expect(sentenceOf(fault)).toBe(
      'Invalid data (email: Invalid email format; availability.0.end: end is required).',
    );
  });

  it('ends as a sentence does', () => {
    expect(sentenceOf(new UserNotFound())).toBe('User not found.');
    expect(sentenceOf(new Error('the disk is full.'))).toBe('The disk is full.');
  });

  it('is one sentence on one line, however many it came as', () => {
    const fault = new Error('PORT must be a whole number from 0 to 65535.\nDEMO must be true or false.');

    expect(sentenceOf(fault)).toBe(
      'PORT must be a whole number from 0 to 65535; DEMO must be true or false.',
    );
  });

  it('of a database that went away says that it may come back', () => {
    const fault = new Error('Connection terminated unexpectedly');

    expect(sentenceOf(fault)).toBe('The database does not answer now (Connection terminated unexpectedly).');
  });

  it('that is already told in our words is told in them', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

    expect(sentenceOf(new Error('The database cannot be used: it is away', { cause }))).toBe(
      'The database cannot be used: it is away.',
    );
  });
});
