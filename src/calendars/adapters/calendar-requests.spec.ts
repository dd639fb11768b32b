import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startOddServer, type OddServer } from '../../../test/support/odd-server.js';
import { CalendarUnavailable } from '../domain/errors.js';
import { CalendarRequests } from './calendar-requests.js';

describe('A request for calendars', () => {
  let server: OddServer;
  let requests: CalendarRequests;
  beforeAll(async () => {
    server = await startOddServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.asked.length = 0;
    requests = new CalendarRequests({ allowPrivate: true });
  });
  afterEach(() => requests.close());

  const ask = (method: string) =>
    requests.ask(server.url, {
      method,
      headers: {},
      maxBytes: 1_000,
      signal: AbortSignal.timeout(10_000),
    });
  /** Hangs up on so many requests before it answers. */
  const hangUp = (times: number) => {
    server.answer = ({ socket }, response) => {
      if (server.asked.length <= times) socket.destroy();
      else response.end('well');
    };
  };

  it.each(['GET', 'PROPFIND', 'REPORT'])(
    '%s is made once more when the server hangs up on it',
    async (method) => {
      hangUp(1);
      expect(await ask(method)).toMatchObject({ status: 200, body: 'well' });
      hangUp(server.asked.length + 2);
      await expect(ask(method)).rejects.toThrow(CalendarUnavailable);
      expect(server.asked).toHaveLength(4);
    },
  );

  it('is not made again once the answer had begun', async () => {
    server.answer = (_, response) => {
      response.write('well', () => response.destroy());
    };
    await expect(ask('GET')).rejects.toThrow(CalendarUnavailable);
    expect(server.asked).toHaveLength(1);
  });

  it.each(['POST', 'PUT', 'DELETE'])('%s is not, for it may have been done', async (method) => {
    hangUp(1);
    await expect(ask(method)).rejects.toThrow(CalendarUnavailable);
    expect(server.asked).toHaveLength(1);
  });
});
