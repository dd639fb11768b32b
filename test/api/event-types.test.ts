import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../../src/kernel/page.js';
import type { EventTypeDetailView, EventTypeView } from '../../src/scheduling/reads/event-type-reads.js';
import { dateInDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Owner } from '../support/owners.js';

const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('event types', () => {
  let linktime: Installation;
  let owner: Owner;
  let client: Client;

  beforeAll(async () => {
    linktime = await Installation.production();
    owner = await linktime.owners.add();
    client = (await linktime.startClient()).as(owner);
  });
  afterAll(() => linktime.close());

  it('are listed in the owner’s order, as long as they are active', async () => {
    for (const slug of ['zebra', 'ant', 'hidden', 'bee'])
      await linktime.owners.offer(owner, { slug, name: slug });
    const slugs = async () => {
      const { body } = await client.get<Page<EventTypeView>>('/api/v1/event-types');
      expect(body.pagination.total).toBe(body.data.length);
      return body.data.map(({ slug }) => slug);
    };
    const [hidden] = await linktime.query<{ id: string; slug: string }>(
      `select id, slug from event_types where slug = 'hidden'`,
    );
    await linktime.owners.changeOffer(owner, hidden!, { isActive: false });
    expect(await slugs()).toEqual(['zebra', 'ant', 'bee']);

    expect(await client.get(`/api/v1/event-types/${hidden!.id}`)).toMatchObject({
      status: 200,
      body: { slug: 'hidden', isActive: false },
    });
    await linktime.owners.changeOffer(owner, hidden!, { isActive: true });
    expect(await slugs()).toEqual(['zebra', 'ant', 'hidden', 'bee']);
  });

  it('show their scheduling configuration', async () => {
    const terms = {
      name: 'Consultation',
      slug: 'consultation',
      description: 'An hour\nof advice',
      durationMinutes: 60,
      bufferBefore: 5,
      bufferAfter: 10,
      minimumNoticeMinutes: 120,
      bookingWindowDays: 30,
      slotIntervalMinutes: 15,
      dailyLimit: 4,
      weeklyLimit: 10,
      timezone: 'Europe/Berlin',
      availability: [
        { day: 'MONDAY', start: '09:00', end: '12:00' },
        { day: 'MONDAY', start: '13:00', end: '24:00' },
        { day: 'FRIDAY', start: '00:00', end: '17:30' },
      ],
      overrides: [
        { date: dateInDays(5), intervals: [] },
        { date: dateInDays(9), intervals: [{ start: '10:00', end: '11:00' }] },
      ],
      questions: [
        { id: 'topic', label: 'Topic?', type: 'text', required: true, options: [] },
        { id: 'size', label: 'Size?', type: 'select', required: false, options: ['S', 'M'] },
      ],
      location: 'Room 5',
      price: 12_500,
      currency: 'EUR',
      isActive: true,
    };
    const { id } = await linktime.owners.offer(owner, terms);
    const { body } = await client.get<EventTypeDetailView>(`/api/v1/event-types/${id}`);
    expect(body).toEqual({
      ...terms,
      id,
      createdAt: expect.stringMatching(UTC_MILLISECONDS),
      updatedAt: expect.stringMatching(UTC_MILLISECONDS),
    });

    const list = await client.get<Page<EventTypeView>>('/api/v1/event-types', { limit: 100 });
    const item = list.body.data.find((each) => each.id === id)!;
    expect(item).toMatchObject({ id, name: 'Consultation', slug: 'consultation', durationMinutes: 60 });
    expect(body).toMatchObject(item);
  });

  it('step by their duration and have no limits unless told otherwise', async () => {
    const { id } = await linktime.owners.offer(owner, { durationMinutes: 25, slug: 'plain' });
    const { body } = await client.get<EventTypeDetailView>(`/api/v1/event-types/${id}`);
    expect(body).toMatchObject({
      slotIntervalMinutes: 25,
      bufferBefore: 0,
      bufferAfter: 0,
      dailyLimit: null,
      weeklyLimit: null,
      price: null,
      currency: null,
      location: null,
      description: null,
      questions: [],
      overrides: [],
    });
  });

  it('are unknown by any other id', async () => {
    const { id } = await linktime.owners.offer(owner, { slug: 'known' });
    for (const other of [id.slice(1), `${id}x`, 'known', '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01']) {
      expect(await client.get(`/api/v1/event-types/${other}`)).toMatchObject({
        status: 404,
        body: { error: 'Event type not found' },
      });
    }
  });
});
