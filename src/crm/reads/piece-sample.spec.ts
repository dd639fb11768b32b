import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crmDatabase, type CrmDatabase } from '../../../test/support/crm-database.js';
import { eventually } from '../../../test/support/eventually.js';
import { Sql } from '../../platform/persistence/sql.js';
import { PieceSample } from './piece-sample.js';

describe('PieceSample', () => {
  let database: CrmDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await crmDatabase();
    sql = new Sql(database.dataSource);
    for (const owner of [await database.addOwner(), await database.addOwner()]) {
      await database.addContact(owner, { name: 'Zoë Xylander', email: 'zoe@xylander.example' });
      await database.addContact(owner, { name: 'Bob', email: 'bob2000@xylander.example' });
    }
  });
  afterAll(() => database.close());

  it('knows how many contacts of all owners have a piece, each once, and how many may have any other', async () => {
    const sample = new PieceSample(sql);
    await sample.take();

    const { known, others } = sample.latest!;
    expect(known.get('xyl')).toBe(4);
    expect(known.has('bob')).toBe(false);
    expect(others).toBe(2);
    for (const piece of known.keys()) expect(piece).toMatch(/^[a-z0-9]{3}$/);
  });

  it('is taken when it is asked for, and waited for by nobody', async () => {
    const sample = new PieceSample(sql);

    expect(sample.latest).toBeNull();
    await eventually(() => sample.latest);
  });

  it('is taken anew soon after contacts have come, as long as there are few', async () => {
    const sample = new PieceSample(sql);
    await sample.take();
    const owner = await database.addOwner();
    for (const place of [1, 2, 3])
      await database.addContact(owner, { name: 'Quagga', email: `q${place}@x.example` });

    expect(await eventually(() => sample.latest?.known.get('qua'), 20_000)).toBe(3);
  });

  it('does without while the database fails', async () => {
    let asked = 0;
    const failing = { query: () => Promise.reject(new Error(`away ${(asked += 1)}`)) } as unknown as Sql;
    const sample = new PieceSample(failing);

    expect([sample.latest, sample.latest]).toEqual([null, null]);
    await expect(sample.take()).rejects.toThrow('away 2');
    expect(sample.latest).toBeNull();
  });
});
