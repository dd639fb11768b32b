import { describe, expect, it } from '@jest/globals';
import { Closing } from './closing.js';

describe('What a process has opened', () => {
  it('is closed in the opposite order, once, whatever fails', async () => {
    const closed: string[] = [];
    const closing = new Closing();
    closing.add(() => closed.push('first'));
    closing.add(() => Promise.reject(new Error('second failed')));
    closing.add(async () => closed.push('third'));

    await expect(closing.close()).rejects.toThrow('second failed');
    await closing.close();
    expect(closed).toEqual(['third', 'first']);
  });

  it('is closed again if the start fails', async () => {
    const closed: string[] = [];
    const failing = Closing.unless(async (closing) => {
      closing.add(() => closed.push('database'));
      throw new Error('The port is taken');
    });

    await expect(failing).rejects.toThrow('The port is taken');
    expect(closed).toEqual(['database']);
  });
});
