import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../../src/kernel/page.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation } from '../support/installation.js';

const COUNT = 23;

interface Item {
  id: string;
}

describe('lists', () => {
  let linktime: Installation;
  let client: Client;
  let newcomer: Client;

  beforeAll(async () => {
    linktime = await Installation.production();
    const anyone = await linktime.startClient();
    const owner = await linktime.owners.add();
    client = anyone.as(owner);
    newcomer = anyone.as(await linktime.owners.add());

    const [offer] = await Promise.all(Array.from({ length: COUNT }, () => linktime.owners.offer(owner)));
    for (let n = 0; n < COUNT; n += 1) {
      // All at one time, so that ids alone give them an order.
      const { id } = await book(anyone, offer!, inDays(3, '10:00'), { inviteeEmail: `ada-${n}@example.com` });
      await client.post(`/api/v1/bookings/${id}/cancel`);
    }
    await linktime.query(`update contacts set created_at = '2026-01-01T00:00:00Z'`);
    await linktime.query('update event_types set position = 0');
  });
  afterAll(() => linktime.close());

  describe.each(['/api/v1/bookings', '/api/v1/contacts', '/api/v1/event-types'])('%s', (path) => {
    const list = (query: Record<string, string | number | string[]> = {}, asker = client) =>
      asker.get<Page<Item>>(path, query);

    it('is its first page of 20, unless asked otherwise', async () => {
      const { body } = await list();
      expect(body.data).toHaveLength(20);
      expect(body.pagination).toEqual({ page: 1, limit: 20, total: COUNT, totalPages: 2 });
    });

    it.each([
      [{ page: 2 }, 3, { page: 2, limit: 20, totalPages: 2 }],
      [{ limit: 100 }, COUNT, { page: 1, limit: 100, totalPages: 1 }],
      [{ limit: COUNT }, COUNT, { page: 1, limit: COUNT, totalPages: 1 }],
      [{ limit: 1, page: 23 }, 1, { page: 23, limit: 1, totalPages: 23 }],
      [{ limit: '007', page: '01' }, 7, { page: 1, limit: 7, totalPages: 4 }],
      [{ limit: '', page: '' }, 20, { page: 1, limit: 20, totalPages: 2 }],
    ])('has the page asked for: %j', async (query, length, pagination) => {
      const { status, body } = await list(query);
      expect(status).toBe(200);
      expect(body.data).toHaveLength(length);
      expect(body.pagination).toEqual({ ...pagination, total: COUNT });
    });

    it.each([2, 3, 24, 1_000, 999_999_999])(
      'is empty past its end and knows its totals: page %i',
      async (page) => {
        const { status, body } = await list({ page, limit: 100 });
        expect(status).toBe(200);
        expect(body).toEqual({ data: [], pagination: { page, limit: 100, total: COUNT, totalPages: 1 } });
      },
    );

    it('has no pages where there is nothing', async () => {
      for (const page of [1, 5]) {
        const { body } = await list({ page }, newcomer);
        expect(body).toEqual({ data: [], pagination: { page, limit: 20, total: 0, totalPages: 0 } });
      }
    });

    it.each([1, 2, 7, 22])(
      'neither skips nor repeats in pages of %i, however many are equal',
      async (limit) => {
        const whole = await list({ limit: 100 });
        const ids: string[] = [];
        for (let page = 1; page <= Math.ceil(COUNT / limit); page += 1) {
          const { body } = await list({ page, limit });
          ids.push(...body.data.map(({ id }) => id));
        }
        expect(ids).toEqual(whole.body.data.map(({ id }) => id));
        expect(new Set(ids).size).toBe(COUNT);
      },
    );

    it.each([
      '0',
      '-1',
      '1.5',
      '1.0',
      '1e1',
      '0x1',
      '+1',
      'x',
      'NaN',
      'Infinity',
      '١',
      '99999999999999999999',
      'null',
    ])('has no page %s', async (page) => {
      expect(await list({ page })).toMatchObject({
        status: 400,
        body: { error: 'Invalid request data', details: { page: expect.any(String) } },
      });
    });

    it.each(['0', '-1', '1.5', '101', '1000', '1e2', 'x', 'all', '99999999999999999999'])(
      'has no pages of %s, and does not clamp',
      async (limit) => {
        expect(await list({ limit })).toMatchObject({
          status: 400,
          body: { error: 'Invalid request data', details: { limit: expect.any(String) } },
        });
      },
    );

    it('is told all that is wrong with what it is asked', async () => {
      const { body } = await client.get(path, { page: 'x', limit: 0 });
      expect(Object.keys(body.details!).toSorted()).toEqual(['limit', 'page']);
    });

    it('takes each parameter once', async () => {
      for (const name of ['page', 'limit']) {
        expect((await list({ [name]: ['1', '1'] })).status).toBe(400);
        expect((await list({ [name]: ['1', ''] })).status).toBe(400);
      }
    });

    it('ignores parameters it does not know', async () => {
      const { status, body } = await list({ offset: ['5', '6'], 'page[]': 2, __proto__x: 1, constructor: 1 });
      expect(status).toBe(200);
      expect(body.pagination).toEqual({ page: 1, limit: 20, total: COUNT, totalPages: 2 });
    });
  });
});
