import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonBody } from './json-body.js';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

describe('A JSON body', () => {
  it('means what JSON.parse says, whatever it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is no body at all if it is empty', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it.each(['{', '{"a":}', "{'a':1}", 'undefined', '{"a":1}}', '\u0000'])(
    'is refused if malformed: %j',
    (text) => {
      expect(() => parse(text)).toThrow('Invalid JSON');
    },
  );

  it('is refused if it is not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('Invalid JSON');
  });

  it.each(['{"__proto__":{"admin":true}}', '{"a":[{"constructor":1}]}', '{"\\u005f_proto__":1}'])(
    'is refused if a key could reach a prototype: %s',
    (text) => {
      expect(() => parse(text)).toThrow(/must not contain the key/);
    },
  );

  it('may say those words as values', () => {
    expect(parse('{"a":"__proto__","b":["constructor"]}')).toEqual({ a: '__proto__', b: ['constructor'] });
  });

  it('may be nested 32 deep and no deeper, and a very deep one does not hurt', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    parse(nested(32));
    expect(() => parse(nested(33))).toThrow('nested too deeply');
    expect(() => parse(nested(50_000))).toThrow('nested too deeply');
  });
});
