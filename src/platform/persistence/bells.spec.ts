import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { Bells } from './bells.js';

describe('A bell', () => {
  it('rings at once, and once more for all the news that came while it rang', async () => {
    const sent: string[] = [];
    let answer = () => {};
    const bells = new Bells((statement) => {
      sent.push(statement);
      return new Promise<void>((resolve) => (answer = resolve));
    });
    for (let news = 0; news < 5; news += 1) bells.ring('outbox');
    await eventually(() => sent.length > 0);
    expect(sent).toEqual(['notify outbox']);

    answer();
    await eventually(() => sent.length === 2);
    answer();
    bells.ring('another');
    await eventually(() => sent.length === 3);
    expect(sent).toEqual(['notify outbox', 'notify outbox', 'notify another']);
  });

  it('rings again after a ring that failed', async () => {
    let tries = 0;
    const bells = new Bells(async () => {
      tries += 1;
      if (tries === 1) throw new Error('The database is away');
    });
    bells.ring('outbox');
    bells.ring('outbox');
    await eventually(() => tries === 2);
  });
});
