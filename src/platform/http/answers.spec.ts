import { describe, expect, it } from '@jest/globals';
import { DomainError, InvalidData } from '../../kernel/domain-error.js';
import { answerTo, Refusal } from './answers.js';

class Gone extends DomainError {
  readonly kind = 'not-found';
}
class Clash extends DomainError {
  readonly kind = 'conflict';
}

const passing = (code: string) => Object.assign(new Error('database'), { driverError: { code } });

describe('What an error is answered with', () => {
  it('follows from the kind of rule that was broken', () => {
    expect(answerTo(new Gone('Booking not found'))).toEqual({
      status: 404,
      body: { error: 'Booking not found' },
    });
    expect(answerTo(new Clash('Taken'))).toEqual({ status: 409, body: { error: 'Taken' } });
    expect(answerTo(new InvalidData({ email: 'Invalid email format' }))).toEqual({
      status: 400,
      body: { error: 'Invalid request data', details: { email: 'Invalid email format' } },
    });
  });

  it.each(['40P01', '40001', '55P03', '57014', '57P01', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET'])(
    'is "try again" while the database is away or busy (%s)',
    (code) => {
      expect(answerTo(passing(code))).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    },
  );

  it('is the edge’s own refusal as it stands', () => {
    expect(answerTo(Refusal.of(415, 'Content-Type must be application/json'))).toEqual({
      status: 415,
      body: { error: 'Content-Type must be application/json' },
    });
  });

  it.each([new Error('secret'), passing('42601'), 'text', null, undefined, { statusCode: 418 }])(
    'is nothing of the inside for what nobody foresaw',
    (error) => {
      expect(answerTo(error)).toBeNull();
    },
  );
});
