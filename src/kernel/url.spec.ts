import { describe, expect, it } from '@jest/globals';
import { parseUrl } from './url.js';

describe('A URL', () => {
  it('is read however often one with letters beyond ASCII is asked for', () => {
    const text = JSON.parse('"https://b\u00fccher.example/stra\u00dfe"') as string;
    let refused = 0;
    for (let i = 0; i < 100_000; i += 1) if (parseUrl(text) === null) refused += 1;
    expect(refused).toBe(0);
  });

  it('may be told from where another one is', () => {
    expect(parseUrl('../b', 'https://example.com/a/c')?.href).toBe('https://example.com/b');
    expect(parseUrl('../b')).toBeNull();
    expect(parseUrl('http://')).toBeNull();
  });
});
