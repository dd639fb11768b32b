import { describe, expect, it } from '@jest/globals';
import { InMemoryUnitOfWork, type Restorable } from './in-memory-unit-of-work.js';

class Jar implements Restorable {
  coins = 0;

  snapshot(): () => void {
    const before = this.coins;
    return () => (this.coins = before);
  }
}

describe('InMemoryUnitOfWork', () => {
  it('takes back what was written when the work throws', async () => {
    const jar = new Jar();
    const unitOfWork = new InMemoryUnitOfWork(jar);

    await unitOfWork.run(async () => (jar.coins += 1));
    const failing = unitOfWork.run(async () => {
      jar.coins += 10;
      throw new Error('dropped');
    });

    await expect(failing).rejects.toThrow('dropped');
    expect(jar.coins).toBe(1);
  });

  it('lets a unit of work inside another share its fate', async () => {
    const jar = new Jar();
    const unitOfWork = new InMemoryUnitOfWork(jar);

    const failing = unitOfWork.run(async () => {
      await unitOfWork.run(async () => (jar.coins += 1));
      throw new Error('dropped');
    });

    await expect(failing).rejects.toThrow('dropped');
    expect(jar.coins).toBe(0);
  });

  it('does one after another, so that no count is lost', async () => {
    const jar = new Jar();
    const unitOfWork = new InMemoryUnitOfWork(jar);
    const addOne = () =>
      unitOfWork.run(async () => {
        const { coins } = jar;
        await Promise.resolve();
        jar.coins = coins + 1;
      });

    await Promise.all(Array.from({ length: 10 }, addOne));

    expect(jar.coins).toBe(10);
  });
});
