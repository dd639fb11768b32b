import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { databaseErrorCode, Overtaken } from './database-errors.js';
import { PostgresUnitOfWork, Session } from './session.js';
import type { Writer } from './writes-at-once.js';

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
    const writer: Writer<number> = {
      name: 'notes',
      text: 'insert into notes select unnest($1::int[])',
      valuesOf: (ids) => {
        written.push([...ids]);
        return [ids];
      },
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

  const means = (meaning: string) => () => {
    throw new Error(meaning);
  };
  const notes = (faultOf?: (error: unknown) => never): Writer<number> => ({
    name: 'notes',
    text: 'insert into notes select unnest($1::int[])',
    valuesOf: (ids) => [ids],
    ...(faultOf && { faultOf }),
  });
  const without = (name: string, text: string): Writer<null> => ({ name, text, valuesOf: () => [] });
  const kept = async () =>
    (await database.dataSource.query('select id from notes order by id')).map(({ id }: { id: number }) => id);
  const decide = <T>(decision: () => T) => unitOfWork.attempt(async () => 'anything', decision);
  const store = (...ids: number[]) => decide(() => session.store(notes(), ids));
  const transactions = async () =>
    new Set(
      (await database.dataSource.query('select xmin::text from notes')).map(
        ({ xmin }: { xmin: string }) => xmin,
      ),
    ).size;

  it('decides on what was seen, and not at all if that was nothing', async () => {
    expect(
      await unitOfWork.attempt(
        async () => 20,
        (seen) => seen + 1,
      ),
    ).toBe(21);
    expect(await unitOfWork.attempt(async () => null, means('decided'))).toBeNull();
  });

  it('stores all that was decided on, in order and with what was left for its end', async () => {
    const told = await decide(() => {
      session.leave(notes(), [3]);
      session.store({ ...notes(), name: 'first notes' }, [1]);
      session.store(without('double', 'insert into notes select id + 1 from notes where id = 1'), [null]);
      return 'done';
    });
    expect(told).toBe('done');
    expect(await kept()).toEqual([1, 2, 3]);
  });

  it('stores nothing if the decision throws, or one of its statements fails, and says what that one means', async () => {
    const failing = decide(() => {
      session.store(notes(), [1]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const twice = decide(() => {
      session.store({ ...notes(means('the first')), name: 'first notes' }, [1]);
      session.store({ ...notes(means('the second')), name: 'second notes' }, [1]);
      session.store({ ...notes(means('the third')), name: 'third notes' }, [2]);
    });
    await expect(twice).rejects.toThrow('the second');
    expect(await kept()).toEqual([]);
  });

  it('shares a transaction with those that come while others are being stored, and no more', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, id) => store(id)));
    expect(await kept()).toHaveLength(12);
    expect(await transactions()).toBe(2); // the first, and those that came meanwhile
    await store(12);
    expect(await transactions()).toBe(3);
  });

  it('stands and falls by itself, whoever shares its transaction', async () => {
    const taken = notes(means('taken'));
    await store(5);
    const outcomes = await Promise.allSettled(
      [0, 1, 5, 2, 2, 3].map((id) => decide(() => session.store(taken, [id]))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { message: 'taken' } });
    expect(await kept()).toEqual([0, 1, 2, 3, 5]);
  });

  it('is not stored with those of another shape', async () => {
    const outcomes = await Promise.allSettled([
      store(1),
      store(2),
      decide(() => session.store(without('nonsense', 'select from nowhere'), [null])),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await kept()).toEqual([1, 2]);
  });

  it('keeps nobody waiting who comes after it while it waits for a lock', async () => {
    const roomy = await testDatabase({ poolSize: 3 });
    const holder = new pg.Client({ connectionString: roomy.url });
    await holder.connect();
    try {
      const roomySession = new Session(roomy.dataSource);
      const roomyUnitOfWork = new PostgresUnitOfWork(roomySession);
      const storeRoomily = (id: number) =>
        roomyUnitOfWork.attempt(
          async () => id,
          () => roomySession.store(notes(), [id]),
        );
      await holder.query('create table notes (id int primary key)');
      await holder.query('begin; insert into notes values (1)');
      let isStored = false;
      const waiting = storeRoomily(1).finally(() => (isStored = true));
      await Promise.all([storeRoomily(2), storeRoomily(3)]);
      await storeRoomily(4);
      expect(isStored).toBe(false);
      await holder.query('rollback');
      await waiting;
      expect(await roomy.dataSource.query('select id from notes order by id')).toHaveLength(4);
    } finally {
      await holder.end();
      await roomy.drop();
    }
  });

  it('leaves its connection as good as before when a statement fails, whatever had been prepared on it', async () => {
    const backend = async () =>
      (await database.dataSource.query('select pg_backend_pid() as pid'))[0] as { pid: number };
    const before = await backend();
    const divideBy = (number: string) => () => {
      session.store(without('fresh first', 'select 1'), [null]);
      session.store(
        { ...notes(), name: 'divide', text: 'select 1 / $1::int', valuesOf: () => [number] },
        [1],
      );
      session.store(without('fresh last', 'insert into notes values (7)'), [null]);
    };
    await expect(decide(divideBy('0'))).rejects.toThrow('division by zero');
    const nonsense = decide(() => session.store(without('nonsense', 'select from nowhere'), [null]));
    await expect(nonsense).rejects.toThrow('nowhere');

    await decide(divideBy('1'));
    await unitOfWork.run(async () => divideBy('1')()).catch(() => undefined); // the same names, one by one
    expect(await kept()).toEqual([7]);
    expect(await backend()).toEqual(before);
  });

  it('is left to be done otherwise where others were quicker', async () => {
    const overtaken = () => {
      throw new Overtaken();
    };
    await store(1);
    expect(await decide(() => session.store(notes(overtaken), [1]))).toBeNull();
  });

  it('is not made where a unit of work is under way, nor can a decision wait', async () => {
    let runs = 0;
    const look = async () => (runs += 1);
    const inside = await unitOfWork.run(() => unitOfWork.attempt(look, look));
    expect([inside, runs]).toEqual([null, 0]);
    await expect(decide(() => session.write('one', 'select 1', []))).rejects.toThrow(
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
      await decide(() => {
        session.tell('news');
        session.store(notes(), [1]);
      });
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['news']);
    } finally {
      await listener.end();
    }
  });

  it('fails, with all who share its transaction, and is not said to be stored, when the connection ends under it', async () => {
    const end = without('end myself', 'select pg_terminate_backend(pg_backend_pid())');
    const ended = (id: number) =>
      decide(() => {
        session.store(notes(), [id]);
        session.store(end, [null]);
      });
    const outcomes = await Promise.allSettled([ended(1), ended(2), ended(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await kept()).toEqual([]);
    await store(2);
    expect(await kept()).toEqual([2]);
  });
});
