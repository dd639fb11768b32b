import { describe, expect, it } from '@jest/globals';
import { faultOfStatus } from './webhook-answer.js';

describe('The answer to a webhook', () => {
  it.each([200, 201, 204, 299])('of status %d is a success', (status) => {
    expect(faultOfStatus(status)).toBeNull();
  });

  it.each([101, 400, 404, 410, 429, 500, 503])('of status %d is a failure', (status) => {
    expect(faultOfStatus(status)).toBe(`The receiver answered ${status}`);
  });

  it.each([300, 301, 302, 304, 307, 308])(
    'of status %d is a failure, for redirects are not followed',
    (status) => {
      expect(faultOfStatus(status)).toBe(`The receiver answered ${status}, and redirects are not followed`);
    },
  );
});
