import { createHash, randomBytes } from 'node:crypto';
import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKeyText } from '../../src/identity/domain/api-key.js';
import type { MeView } from '../../src/identity/reads/user-reads.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Owner } from '../support/owners.js';

/** Less than any cache would keep a key, and enough for a machine with much to do. */
const AT_ONCE_MS = 3_000;

const ago = (seconds: number) => Instant.now().minus(Duration.ofSeconds(seconds));

describe('API keys', () => {
  let linktime: Installation;
  let anyone: Client;
  let elsewhere: Client;
  let owner: Owner;

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone, elsewhere] = await Promise.all([linktime.startClient(), linktime.startClient()]);
    owner = await linktime.owners.add({ name: 'Grace Hopper', plan: 'PRO', timezone: 'America/New_York' });
  });
  afterAll(() => linktime.close());

  const authorized = (authorization: string) => anyone.with({ Authorization: authorization });

  async function expectRefused(client: Client, error: string): Promise<void> {
    const { status, headers, body } = await client.get('/api/v1/me');
    expect({ status, body }).toEqual({ status: 401, body: { error } });
    expect(headers.get('www-authenticate')).toBe('Bearer');
  }

  it('act for the user who made them', async () => {
    const { status, body } = await anyone.as(owner).get<MeView>('/api/v1/me');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: owner.id,
      email: owner.email,
      name: 'Grace Hopper',
      plan: 'PRO',
      effectivePlan: 'PRO',
    });
  });

  it.each(['bearer', 'Bearer', 'BEARER', 'bEaReR'])('are taken after the scheme %s', async (scheme) => {
    expect((await authorized(`${scheme} ${owner.key}`).get('/api/v1/me')).status).toBe(200);
  });

  it('are missing where there is no Authorization', () => expectRefused(anyone, 'Missing API key'));

  it.each(['Basic dXNlcjpwYXNz', 'Token x', 'Bearer', 'Bearer ', 'Bearerlt_live_x', ''])(
    'are missing in the Authorization "%s"',
    (authorization) => expectRefused(authorized(authorization), 'Missing API key'),
  );

  it('are missing where the key stands without a scheme or after another', async () => {
    await expectRefused(authorized(owner.key), 'Missing API key');
    await expectRefused(authorized(`Basic ${owner.key}`), 'Missing API key');
  });

  it.each(['api_key', 'apiKey', 'key', 'token', 'access_token', 'authorization', 'Authorization'])(
    'are not taken from the query string, as %s',
    async (name) => {
      for (const value of [owner.key, `Bearer ${owner.key}`]) {
        const answer = await anyone.get('/api/v1/me', { [name]: value });
        expect(answer).toMatchObject({ status: 401, body: { error: 'Missing API key' } });
      }
    },
  );

  it.each([
    ['a prefix alone', () => 'lt_live_'],
    ['another prefix', () => owner.key.replace('lt_live_', 'lt_test_')],
    ['a character less', () => owner.key.slice(0, -1)],
    ['a character more', () => `${owner.key}0`],
    ['a character mistyped', () => mistyped(owner.key)],
    ['another letter case', () => owner.key.toUpperCase()],
    ['a blank inside', () => `${owner.key.slice(0, 20)} ${owner.key.slice(20)}`],
    ['two keys', () => `${owner.key},${owner.key}`],
    ['a well-formed key that was never issued', () => makeKeyText(randomBytes(32))],
    ['8,000 characters', () => `lt_live_${'a'.repeat(8_000)}`],
  ])('are invalid with %s', (_what, key) => expectRefused(authorized(`Bearer ${key()}`), 'Invalid API key'));

  it('are invalid once revoked, as if they had never been', async () => {
    const { id, key } = await linktime.owners.issueKey(owner.email);
    expect((await anyone.as({ key }).get('/api/v1/me')).status).toBe(200);
    await linktime.owners.revokeKey(id);
    await eventually(() => expectRefused(anyone.as({ key }), 'Invalid API key').then(() => true));
  });

  it('are dead in every process at once when they are revoked', async () => {
    const { id, key } = await linktime.owners.issueKey(owner.email);
    const clients = [anyone.as({ key }), elsewhere.as({ key })];
    for (const client of clients) expect((await client.get('/api/v1/me')).status).toBe(200);
    await linktime.owners.revokeKey(id);
    await eventually(async () => {
      const answers = await Promise.all(clients.map((client) => client.get('/api/v1/me')));
      return answers.every(({ status }) => status === 401);
    }, AT_ONCE_MS);
  });

  it('are refused as expired from the instant they expire', async () => {
    const { key } = await linktime.owners.issueKey(owner.email, ago(1));
    await expectRefused(anyone.as({ key }), 'API key has expired');
    const lasting = await linktime.owners.issueKey(owner.email, Instant.now().plusSeconds(3_600));
    expect((await anyone.as(lasting).get('/api/v1/me')).status).toBe(200);
  });

  it('expire while they are in use', async () => {
    const { key } = await linktime.owners.issueKey(owner.email, Instant.now().plusMillis(1_500));
    const client = anyone.as({ key });
    expect((await client.get('/api/v1/me')).status).toBe(200);
    await eventually(() => expectRefused(client, 'API key has expired').then(() => true), 3_000);
  });

  it('are inactive on the FREE plan, and active again at once after an upgrade', async () => {
    const free = await linktime.owners.add({ plan: 'FREE' });
    const client = anyone.as(free);
    await expectRefused(client, 'API key is inactive');
    await linktime.owners.update(free.email, { plan: 'PRO' });
    await eventually(async () => (await client.get('/api/v1/me')).status === 200, AT_ONCE_MS);
    await linktime.owners.update(free.email, { plan: 'FREE' });
    await eventually(() => expectRefused(client, 'API key is inactive').then(() => true), AT_ONCE_MS);
  });

  it('are inactive once a paid plan has ended', async () => {
    const former = await linktime.owners.add({ plan: 'BUSINESS', planExpiresAt: ago(1) });
    await expectRefused(anyone.as(former), 'API key is inactive');
  });

  it('are active for as long as a trial lasts', async () => {
    const trying = await linktime.owners.add({ plan: 'PRO', planExpiresAt: Instant.now().plusSeconds(60) });
    const { body } = await anyone.as(trying).get<MeView>('/api/v1/me');
    expect(body).toMatchObject({ plan: 'PRO', effectivePlan: 'PRO' });
  });

  it('are kept as a SHA-256 with the prefix by which they are recognised, and nowhere as they are', async () => {
    const [row] = await linktime.query<{ hash: Buffer; prefix: string; text: string }>(
      'select k.hash, k.prefix, k::text as text from api_keys k where id = $1',
      [owner.keyId],
    );
    expect(row!.hash).toEqual(createHash('sha256').update(owner.key).digest());
    expect(owner.key.startsWith(row!.prefix)).toBe(true);
    expect(row!.prefix.length).toBeLessThan(16);
    expect(row!.text).not.toContain(owner.key.slice(16));
  });

  describe('know when they were last used', () => {
    const lastUse = async (keyId: string) => {
      const [row] = await linktime.query<{ at: string | null }>(
        'select last_used_at as at from api_keys where id = $1',
        [keyId],
      );
      return row!.at;
    };
    const usedAt = (keyId: string, secondsAgo: number) =>
      linktime.query(`update api_keys set last_used_at = now() - make_interval(secs => $2) where id = $1`, [
        keyId,
        secondsAgo,
      ]);

    it('to the minute, in whichever process', async () => {
      const [key, other] = [
        await linktime.owners.issueKey(owner.email),
        await linktime.owners.issueKey(owner.email),
      ];
      expect(await lastUse(key.id)).toBeNull();
      await anyone.as(key).get('/api/v1/me');
      const first = (await eventually(() => lastUse(key.id)))!;
      expect(Date.now() - Date.parse(first)).toBeLessThan(10_000);

      await anyone.as(key).get('/api/v1/me');
      await elsewhere.as(key).get('/api/v1/me');
      await elsewhere.as(other).get('/api/v1/me'); // noted after the uses before it
      await eventually(() => lastUse(other.id));
      expect(await lastUse(key.id)).toBe(first);
    });

    it('again after a minute', async () => {
      const key = await linktime.owners.issueKey(owner.email);
      await usedAt(key.id, 61);
      await anyone.as(key).get('/api/v1/me');
      await eventually(async () => Date.now() - Date.parse((await lastUse(key.id))!) < 30_000);
    });

    it('and not by uses that were refused', async () => {
      const expired = await linktime.owners.issueKey(owner.email, ago(1));
      const other = await linktime.owners.issueKey(owner.email);
      await anyone.as(expired).get('/api/v1/me');
      await anyone.as(other).get('/api/v1/me');
      await eventually(() => lastUse(other.id));
      expect(await lastUse(expired.id)).toBeNull();
    });
  });

  describe('while the database cannot be asked for them', () => {
    beforeAll(() => linktime.query('alter table api_keys rename to out_of_reach'));
    afterAll(() => linktime.query('alter table out_of_reach rename to api_keys'));

    it('are refused all the same if they are malformed, since nobody looks them up', async () => {
      await expectRefused(authorized(`Bearer ${mistyped(owner.key)}`), 'Invalid API key');
      await expectRefused(anyone, 'Missing API key');
    });

    it('and only if they could be some do they need it', async () => {
      const headers = { Authorization: `Bearer ${makeKeyText(randomBytes(32))}` };
      expect((await fetch(`${anyone.url}/api/v1/me`, { headers })).status).toBe(500);
    });
  });
});

/** The same with two characters swapped that are not alike. */
function mistyped(key: string): string {
  const at = [...key].findIndex((character, i) => i > 10 && character !== key[i + 1]);
  return `${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`;
}
