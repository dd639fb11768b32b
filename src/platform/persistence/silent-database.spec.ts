import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { makeDataSource } from './data-source.js';
import { isPassing } from './database-errors.js';
import { DatabaseNotifications } from './notifications.js';
import { PostgresUnitOfWork, Session } from './session.js';
import { Sql } from './sql.js';

describe('A database that falls silent', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let url: string;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    const { port } = new URL(database.url);
    proxy = await TcpProxy.before(Number(port));
    url = database.url.replace(`:${port}/`, `:${proxy.port}/`);
    dataSource = await makeDataSource({ url, poolSize: 1 }).initialize();
  });
  afterEach(async () => {
    await proxy.close();
    await dataSource.destroy();
  });

  it('fails the unit of work under way within six seconds, and none after it speaks again', async () => {
    const session = new Session(dataSource);
    const unitOfWork = new PostgresUnitOfWork(session);
    const ask = () => unitOfWork.run(() => session.query('select 1 as one'));
    await ask();
    await proxy.blackHole();
    const began = performance.now();
    expect(await ask().catch(isPassing)).toBe(true);
    expect(performance.now() - began).toBeLessThan(7_500);

    await proxy.pass();
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  it('fails the reads under way, and none after it speaks again', async () => {
    const sql = new Sql(dataSource);
    const ask = () => sql.prepared('one', 'select $1::int as one', [1]);
    await ask();
    await proxy.blackHole();
    const failed = await Promise.all([ask(), ask(), ask()].map((asked) => asked.catch(isPassing)));
    expect(failed).toEqual([true, true, true]);

    await proxy.pass();
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  it('is listened to anew on another connection, and its listeners are told of both', async () => {
    const notifications = new DatabaseNotifications(url, 100);
    const told: boolean[] = [];
    let rung = 0;
    notifications.watch((listening) => told.push(listening));
    notifications.on('news', () => (rung += 1));
    await notifications.start();
    try {
      await proxy.blackHole();
      await eventually(() => told.includes(false), 15_000);
      await proxy.pass();
      await eventually(() => told.at(-1) === true, 15_000);
      const before = rung;
      await database.dataSource.query('notify news');
      await eventually(() => rung > before);
    } finally {
      await notifications.stop();
    }
  });
});
