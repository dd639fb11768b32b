import { randomBytes } from 'node:crypto';
import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { RandomIds } from '../../kernel/ids.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { Sql } from '../../platform/persistence/sql.js';
import { SealedText } from '../../platform/sealed-text.js';
import { beginAuthorization, type Authorization } from '../domain/authorization.js';
import { CalendarConnection } from '../domain/connection.js';
import { StaleAfter } from '../domain/stale-after.js';
import { CalendarReads } from '../reads/calendar-reads.js';
import { DueSyncs } from './due-syncs.js';
import { PostgresAuthorizations } from './postgres-authorizations.js';
import { PostgresConnections } from './postgres-connections.js';
import { PostgresWatches } from './postgres-watches.js';

const staleAfter = new StaleAfter(Duration.ofHours(24));
const choice = { read: ['Work', 'Home "2"'], write: null };

describe('Accounts that are opened by signing in, in PostgreSQL', () => {
  const ids = new RandomIds();
  let database: TestDatabase;
  let sql: Sql;
  let unitOfWork: PostgresUnitOfWork;
  let sealedText: SealedText;
  let session: Session;
  let authorizations: PostgresAuthorizations;
  let connections: PostgresConnections;
  let watches: PostgresWatches;
  let reads: CalendarReads;
  let ownerId: string;
  beforeAll(async () => {
    database = await testDatabase();
    sql = new Sql(database.dataSource);
    session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    const key = randomBytes(32);
    sealedText = new SealedText(async () => key);
    authorizations = new PostgresAuthorizations(session, sealedText);
    connections = new PostgresConnections(session, unitOfWork, sealedText);
    watches = new PostgresWatches(session);
    reads = new CalendarReads(sql);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await sql.query('delete from users');
    ownerId = await newOwner();
  });

  const now = () => Instant.ofEpochMilli(Date.now() - 1_000);
  const newOwner = async () => {
    const id = ids.next();
    await sql.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1::uuid, $1::text, 'Ann', $1::text, 'UTC', 'PRO', now(), now())`,
      [id],
    );
    return id;
  };
  const newConnection = async (account = 'ann@example.com', owner = ownerId) => {
    const connection = CalendarConnection.connect(
      { id: ids.next(), ownerId: owner, provider: 'GOOGLE', account },
      ['Work', 'Home'].map((name) => ({ id: name, name, writable: true, primary: false })),
      { read: ['Work'], write: null },
      () => ids.next(),
      now(),
    );
    await unitOfWork.run(() => connections.add(connection, { accessToken: 'first' }));
    return connection;
  };
  const claim = (id: string) => unitOfWork.run(() => connections.claim(id, false));
  const synced = async () => {
    const connection = await newConnection();
    const claimed = (await claim(connection.state.id))!;
    connection.synced(now(), staleAfter);
    await unitOfWork.run(() => connections.save(connection));
    await unitOfWork.run(() => connections.release(claimed));
    return connection;
  };

  describe('an authorization', () => {
    let secrets: { state: string; verifier: string };
    let authorization: Authorization;
    beforeEach(async () => {
      secrets = { state: ids.secret(), verifier: ids.secret() };
      authorization = beginAuthorization({ id: ids.next(), ownerId, provider: 'GOOGLE', choice }, now());
      await unitOfWork.run(() => authorizations.begin(authorization, secrets));
    });

    const use = (at = now(), by = authorizations) => unitOfWork.run(() => by.use(secrets.state, at));

    it('is given to one of many who ask at once, as it was begun', async () => {
      const used = await Promise.all(Array.from({ length: 8 }, () => use()));
      expect(used.filter((each) => each !== null)).toEqual([{ authorization, verifier: secrets.verifier }]);
      expect(await use()).toBeNull();
    });

    it('is given to nobody once it has expired, with another state, or under another key', async () => {
      expect(await use(authorization.expiresAt)).toBeNull();
      expect(await unitOfWork.run(() => authorizations.use('\0', now()))).toBeNull();
      const another = new PostgresAuthorizations(session, new SealedText(async () => randomBytes(32)));
      expect(await use(now(), another)).toBeNull();
    });

    it('shows neither its state nor its verifier', async () => {
      const [row] = await sql.query<{ text: string; verifier: Buffer; hash: Buffer }>(
        'select a::text as text, verifier, state_hash as hash from calendar_authorizations a',
      );
      const shown = [row!.text, row!.verifier.toString('latin1'), row!.hash.toString('latin1')].join();
      for (const secret of Object.values(secrets)) {
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(Buffer.from(secret).toString('hex'));
      }
    });

    it('tells whoever waits how far it has come', async () => {
      const seen = () => reads.authorization(authorization.id);
      expect(await seen()).toEqual({ state: 'WAITING', connectionId: null, fault: null });
      await use();
      expect(await seen()).toMatchObject({ state: 'UNDER_WAY' });
      await unitOfWork.run(() => authorizations.finish(authorization.id, { fault: 'No' }));
      expect(await seen()).toEqual({ state: 'FAILED', connectionId: null, fault: 'No' });
      const { id: connectionId } = (await newConnection()).state;
      await unitOfWork.run(() => authorizations.finish(authorization.id, { connectionId }));
      expect(await seen()).toEqual({ state: 'CONNECTED', connectionId, fault: null });
      for (const none of [ids.next(), 'nonsense']) expect(await reads.authorization(none)).toBeNull();
    });

    it('is over after ten minutes, and forgotten when another begins a day later', async () => {
      await sql.query('update calendar_authorizations set expires_at = now()');
      expect(await reads.authorization(authorization.id)).toMatchObject({ state: 'EXPIRED' });
      await sql.query(`update calendar_authorizations set expires_at = now() - interval '25 hours'`);
      const other = { ...authorization, id: ids.next() };
      await unitOfWork.run(() => authorizations.begin(other, { ...secrets, state: 'other' }));
      expect(await reads.authorization(authorization.id)).toBeNull();
      expect(await reads.authorization(other.id)).not.toBeNull();
    });
  });

  describe('an account', () => {
    it('is found by its owner and its name, and nobody else’s', async () => {
      const { state } = await newConnection();
      const found = (owner: string, account: string) =>
        unitOfWork.run(() => connections.ofAccount(owner, 'GOOGLE', account));
      expect((await found(ownerId, 'ann@example.com'))?.state).toEqual(state);
      expect(await found(ownerId, 'bob@example.com')).toBeNull();
      expect(await found(await newOwner(), 'ann@example.com')).toBeNull();
      expect(await unitOfWork.run(() => connections.hasAccount('GOOGLE', 'ann@example.com'))).toBe(true);
      expect(await unitOfWork.run(() => connections.hasAccount('MICROSOFT', 'ann@example.com'))).toBe(false);
    });

    it('is connected once for an owner, whoever asks at the same time', async () => {
      const connectIfNew = () =>
        unitOfWork.run(async () => {
          const former = await connections.ofAccount(ownerId, 'GOOGLE', 'ann@example.com');
          if (!former) await newConnection();
        });
      await Promise.all(Array.from({ length: 8 }, connectIfNew));
      expect(await sql.query('select from calendar_connections')).toHaveLength(1);
      await expect(newConnection()).rejects.toThrow(/calendar_connections_of_account/);
    });

    it('goes on with new credentials when it is opened anew, and a sync under way does not', async () => {
      const connection = await newConnection();
      const { id } = connection.state;
      const claimed = (await claim(id))!;
      await unitOfWork.run(() => connections.reopen(connection, { accessToken: 'second' }));
      expect((await connections.account(id)).credentials).toEqual({ accessToken: 'second' });
      expect(await unitOfWork.run(() => connections.resume(claimed))).toBeNull();
      expect(await claim(id)).not.toBeNull();
    });
  });

  describe('news of an account', () => {
    const tell = (id: string) => unitOfWork.run(() => connections.hasNews(id));
    const due = async () => (await new DueSyncs(sql).takeDue(10)).map(({ id }) => id);

    it('make it due at once, and again if they come while it is being synced', async () => {
      const { id } = (await synced()).state;
      expect(await due()).toEqual([]);
      await tell(id);
      expect(await due()).toEqual([id]);
      const claimed = (await claim(id))!;
      await tell(id);
      await unitOfWork.run(() => connections.release(claimed));
      expect(await due()).toEqual([id]);
      expect(await claim(id)).not.toBeNull();
    });

    it('change nothing for one that failed the last time, or is unknown', async () => {
      const connection = await synced();
      connection.failed('Away', 600, now());
      await unitOfWork.run(() => connections.save(connection));
      for (const id of [connection.state.id, ids.next(), 'nonsense']) await tell(id);
      expect(await due()).toEqual([]);
    });
  });

  describe('a watch', () => {
    const later = () => now().plusSeconds(3_600);
    const dueOf = (id: string, at = now()) => unitOfWork.run(() => watches.due(id, at));

    it('is due for each calendar that is read, once that has been done', async () => {
      const before = await newConnection('bob@example.com');
      expect(await dueOf(before.state.id)).toEqual([]);
      const { id, calendars } = (await synced()).state;
      expect(await dueOf(id)).toEqual([
        { provider: 'GOOGLE', calendarId: calendars[0]!.id, remoteId: 'Work', former: null },
      ]);
      expect(await dueOf('nonsense')).toEqual([]);
    });

    it('is kept until it is due again, whatever else is saved of its connection', async () => {
      const connection = await synced();
      const { id, calendars } = connection.state;
      const watch = { handle: 'opaque', expiresAt: Instant.parse('2027-01-31T12:00:00Z') };
      const keep = (kept: typeof watch | null, calendarId = calendars[0]!.id) =>
        unitOfWork.run(() => watches.keep(calendarId, kept, later()));
      expect(await keep(watch)).toBe(true);
      expect(await keep(watch, ids.next())).toBe(false);
      await unitOfWork.run(() => connections.save(connection));

      expect(await dueOf(id)).toEqual([]);
      expect(await dueOf(id, later())).toMatchObject([{ former: watch }]);
      expect(await unitOfWork.run(() => watches.of(id))).toEqual([watch]);
      await keep(null);
      expect(await unitOfWork.run(() => watches.of(id))).toEqual([]);
    });
  });
});
