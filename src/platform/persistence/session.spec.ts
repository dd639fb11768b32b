import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { databaseErrorCode, Overtaken } from './database-errors.js';
import { PostgresUnitOfWork, Session } from './session.js';

describe('A unit of work', () => {
  let database: TestDatabase;
  let session: Session;
  let unitOfWork: PostgresUnitOfWork;

  beforeAll(async () => {
    database = await testDatabase();
    session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    await database.dataSource.query('create table notes (id int primary key, text text)');
  });
  beforeEach(() => database.dataSource.query('truncate notes'));
  afterAll(() => database.drop());

  const write = (id: number, text = '') =>
    session.query('insert into notes values ($1, $2) on conflict (id) do update set text = excluded.text', [
      id,
      text,
    ]);
  const kept = async () =>
    (await database.dataSource.query('select id from notes order by id')).map(({ id }: { id: number }) => id);

  it('commits all that was written in it, or nothing', async () => {
    await unitOfWork.run(async () => {
      await write(1);
      await write(2);
    });
    const failing = unitOfWork.run(async () => {
      await write(3);
      throw new Error('changed my mind');
    });

    await expect(failing).rejects.toThrow('changed my mind');
    expect(await kept()).toEqual([1, 2]);
  });

  it('joins the one that is under way', async () => {
    const outer = unitOfWork.run(async () => {
      await unitOfWork.run(() => write(1));
      throw new Error('after the inner one');
    });
    await expect(outer).rejects.toThrow();
    expect(await kept()).toEqual([]);
  });

  it('is what writing needs: outside one it throws at once', async () => {
    await expect(write(1)).rejects.toThrow('UnitOfWork.run');
    expect(() => session.manager).toThrow('UnitOfWork.run');
  });

  it('writes what was left for its end in one go and in order, and nothing of it if it fails', async () => {
    const written: number[][] = [];
    const writer = (ids: readonly number[]) => {
      written.push([...ids]);
      session.follow(session.query('insert into notes select unnest($1::int[])', [ids]));
    };
    await unitOfWork.run(async () => {
      session.leave(writer, [3, 1]);
      await unitOfWork.run(async () => session.leave(writer, [2]));
      expect(written).toEqual([]);
    });
    const failing = unitOfWork.run(async () => {
      session.leave(writer, [4]);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(written).toEqual([[3, 1, 2]]);
    expect(await kept()).toEqual([1, 2, 3]);
  });

  it('tells of news when it is committed, and of none when it failed', async () => {
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    const heard: string[] = [];
    listener.on('notification', ({ channel }) => heard.push(channel));
    try {
      await listener.query('listen good; listen bad');
      const failing = unitOfWork.run(async () => {
        session.tell('bad');
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await unitOfWork.run(async () => {
        session.tell('good');
        await write(1);
        expect(heard).toEqual([]);
      });
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['good']);
    } finally {
      await listener.end();
    }
  });

  it('fails as its first statement that failed, whichever of those sent together is looked at first', async () => {
    const failing = unitOfWork.run(async () => {
      const first = session.query('select 1 / (select count(*) from notes)');
      const second = session.query('select 1');
      first.catch(() => undefined);
      await second;
    });
    await expect(failing).rejects.toThrow('division by zero');
  });

  it('does its work again when others were quicker', async () => {
    let runs = 0;
    const told = await unitOfWork.run(async () => {
      runs += 1;
      if (runs < 3) throw new Overtaken();
      return 'done';
    });
    expect([told, runs]).toEqual(['done', 3]);
  });

  it('does its work again when the database ends it to resolve a deadlock', async () => {
    await unitOfWork.run(() => Promise.all([write(1), write(2)]));
    let runs = 0;
    const crosswise = (first: number, second: number, met: () => Promise<void>) =>
      unitOfWork.run(async () => {
        runs += 1;
        await write(first, 'x');
        await met();
        await write(second, 'x');
      });
    let waiting = 0;
    let both = () => {};
    const bothHaveOne = new Promise<void>((resolve) => (both = resolve));
    const met = async () => {
      waiting += 1;
      if (waiting === 2) both();
      await bothHaveOne;
    };
    await Promise.all([crosswise(1, 2, met), crosswise(2, 1, met)]);

    expect(runs).toBe(3);
    expect(await kept()).toEqual([1, 2]);
  });

  it('gives up after three more tries, and at once for an error that would come again', async () => {
    let runs = 0;
    const failing = (code: string) =>
      unitOfWork.run(() => {
        runs += 1;
        return session.query(`do $$ begin raise sqlstate '${code}'; end $$`);
      });
    await failing('40001').catch((error) => expect(databaseErrorCode(error)).toBe('40001'));
    expect(runs).toBe(4);
    await expect(failing('23505')).rejects.toThrow();
    expect(runs).toBe(5);
  });

  it('gives its connection back, whatever happened', async () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      unitOfWork.run(async () => {
        await write(i);
        if (i % 2) throw new Error('odd');
      }),
    );
    await Promise.allSettled(many);
    expect(await kept()).toHaveLength(20);
  });
});

describe('An attempt', () => {
  let database: TestDatabase;
  let session: Session;
  let unitOfWork: PostgresUnitOfWork;

  beforeAll(async () => {
    database = await testDatabase({ poolSize: 1 });
    session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    await database.dataSource.query('create table notes (id int primary key, text text)');
  });
  beforeEach(() => database.dataSource.query('truncate notes'));
  afterAll(() => database.drop());

  const write = (id: number, faultOf?: (error: unknown) => never) =>
    session.write('note', 'insert into notes values ($1)', [id], faultOf);
  const kept = async () =>
    (await database.dataSource.query('select id from notes order by id')).map(({ id }: { id: number }) => id);
  const attempts = (work: () => void) => unitOfWork.attempt(async () => work());

  it('stores all that is written in it when it ends, in order and with what was left for its end', async () => {
    const told = await unitOfWork.attempt(async () => {
      session.leave((ids: readonly number[]) => ids.forEach((id) => write(id)), [3]);
      write(1);
      session.write('double', 'insert into notes select id + 1 from notes where id = $1', [1]);
      expect(await kept()).toEqual([]);
      return 'done';
    });
    expect(told).toBe('done');
    expect(await kept()).toEqual([1, 2, 3]);
  });

  it('stores nothing if the work throws, or one of its statements fails, and says what that one means', async () => {
    const means = (meaning: string) => () => {
      throw new Error(meaning);
    };
    const failing = unitOfWork.attempt(async () => {
      write(1);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const twice = attempts(() => {
      write(1, means('the first'));
      write(1, means('the second'));
      write(2, means('the third'));
    });
    await expect(twice).rejects.toThrow('the second');
    expect(await kept()).toEqual([]);
  });

  it('leaves its connection as good as before when a statement fails, whatever had been prepared on it', async () => {
    const backend = async () =>
      (await database.dataSource.query('select pg_backend_pid() as pid'))[0] as { pid: number };
    const before = await backend();
    const write = (name: string, text: string) => session.write(name, text, []);
    const divideBy = (number: string) => () => {
      write('fresh first', 'select 1');
      session.write('divide', 'select 1 / $1::int', [number]);
      write('fresh last', 'insert into notes values (7)');
    };
    await expect(attempts(divideBy('0'))).rejects.toThrow('division by zero');
    await expect(attempts(() => write('nonsense', 'select from nowhere'))).rejects.toThrow('nowhere');

    await attempts(divideBy('1'));
    await unitOfWork.run(async () => divideBy('1')()).catch(() => undefined); // the same names, one by one
    expect(await kept()).toEqual([7]);
    expect(await backend()).toEqual(before);
  });

  it('is left to be done otherwise where others were quicker', async () => {
    const overtaken = () => {
      throw new Overtaken();
    };
    await attempts(() => write(1));
    expect(await attempts(() => write(1, overtaken))).toBeNull();
  });

  it('is not made where a unit of work is under way, nor can it ask or wait', async () => {
    let runs = 0;
    const inside = await unitOfWork.run(() => unitOfWork.attempt(async () => (runs += 1)));
    expect([inside, runs]).toEqual([null, 0]);
    await expect(unitOfWork.attempt(() => session.query('select 1'))).rejects.toThrow(
      'waits for no statement',
    );
  });

  it('tells of news once it is stored', async () => {
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    const heard: string[] = [];
    listener.on('notification', ({ channel }) => heard.push(channel));
    try {
      await listener.query('listen news');
      await attempts(() => {
        session.tell('news');
        write(1);
      });
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['news']);
    } finally {
      await listener.end();
    }
  });

  it('fails, and is not said to be stored, when the connection ends under it', async () => {
    const ended = attempts(() => {
      write(1);
      session.write('end myself', 'select pg_terminate_backend(pg_backend_pid())', []);
    });
    await expect(ended).rejects.toThrow();
    expect(await kept()).toEqual([]);
    await attempts(() => write(2));
    expect(await kept()).toEqual([2]);
  });
});
