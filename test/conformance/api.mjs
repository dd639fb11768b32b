// The API under test, over HTTP with Node's own fetch.
import { setTimeout as delay } from 'node:timers/promises';

const LONGEST_WAIT_SECONDS = 120;

export class Api {
  constructor({ baseUrl, apiKey }) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.apiKey = apiKey;
  }

  /** The slots offered, as the answer tells them. */
  async offered({ slug, timezone, startDate, endDate }) {
    const query = new URLSearchParams({ timezone, startDate, endDate });
    const { status, body } = await this.ask('GET', `/api/v1/availability/${slug}?${query}`);
    expectStatus(`Availability of ${slug}`, status, 200, body);
    return body.data;
  }

  /** Asks for a booking: `{ status, body }`. */
  book(eventTypeId, startTime) {
    return this.ask('POST', '/api/bookings', {
      eventTypeId,
      startTime,
      inviteeName: 'Conformance Suite',
      inviteeEmail: 'conformance@example.com',
      inviteeTimezone: 'UTC',
    });
  }

  async cancel(bookingId) {
    const { status, body } = await this.ask('POST', `/api/v1/bookings/${bookingId}/cancel`, {
      reason: 'Conformance suite',
    });
    expectStatus(`Cancelling ${bookingId}`, status, 200, body);
  }

  /** The owner's confirmed bookings that start in [from, to), instants as text. */
  async confirmed(from, to) {
    const bookings = await this.all(
      `/api/v1/bookings?${new URLSearchParams({ status: 'CONFIRMED', from, to })}`,
    );
    return bookings.filter(({ startTime }) => startTime >= from && startTime < to);
  }

  eventTypes() {
    return this.all('/api/v1/event-types');
  }

  async eventType(id) {
    const { status, body } = await this.ask('GET', `/api/v1/event-types/${id}`);
    expectStatus(`Event type ${id}`, status, 200, body);
    return body;
  }

  /** All items of a list, page by page. */
  async all(path) {
    const items = [];
    for (let page = 1; ; page += 1) {
      const { status, body } = await this.ask(
        'GET',
        `${path}${path.includes('?') ? '&' : '?'}limit=100&page=${page}`,
      );
      expectStatus(path, status, 200, body);
      items.push(...body.data);
      if (page >= body.pagination.totalPages) return items;
    }
  }

  /** Asks, and asks again as soon as it is allowed to where a limit says so. */
  async ask(method, path, sent) {
    const isPublic = !path.startsWith('/api/v1/');
    for (;;) {
      const response = await fetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          ...(!isPublic && { Authorization: `Bearer ${this.apiKey}` }),
          ...(sent && { 'Content-Type': 'application/json' }),
        },
        ...(sent && { body: JSON.stringify(sent) }),
      });
      const text = await response.text();
      if (response.status !== 429)
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
      const seconds = Number(response.headers.get('retry-after'));
      if (!(seconds >= 1 && seconds <= LONGEST_WAIT_SECONDS))
        throw new Fault(`429 with Retry-After: ${seconds}`);
      await delay(seconds * 1_000);
    }
  }
}

/** Something that does not conform. */
export class Fault extends Error {}

export function expectStatus(what, status, expected, body) {
  if (status !== expected)
    throw new Fault(`${what}: ${status} ${JSON.stringify(body)} instead of ${expected}`);
}
