import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { committedDocument } from './answer-schemas.js';
import { asOpenApi30 } from './openapi-30.js';
import type { Schema } from './openapi-document.js';
import { packageRoot } from './package.js';

const document = committedDocument();
const { components } = document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    ...operation,
  })),
);
const text = JSON.stringify(document);

describe('the OpenAPI document', () => {
  it.each(operations)('$name asks for a key unless it is public', ({ path, security, responses }) => {
    const isPublic = !path.startsWith('/api/v1/');
    expect(security).toEqual(isPublic ? [] : [{ bearerAuth: [] }]);
    expect('401' in responses).toBe(!isPublic);
  });

  it.each(operations)('$name shows what is sent and what is answered', ({ requestBody, responses }) => {
    const success = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    expect(success).toHaveLength(1);
    for (const content of [success[0]![1].content, ...(requestBody ? [requestBody.content] : [])]) {
      expect(content!['application/json']).toEqual({
        schema: { $ref: expect.any(String) },
        example: expect.any(Object),
      });
    }
  });

  it.each(operations)('$name names every refusal by reference', ({ responses }) => {
    const refusals = Object.entries(responses).filter(([status]) => !status.startsWith('2'));
    expect(refusals.map(([status]) => status)).toEqual(
      expect.arrayContaining(['429', '500', '503', 'default']),
    );
    for (const [, refusal] of refusals) expect(Object.keys(refusal)).toEqual(['$ref']);
  });

  it('has a name for each part of an object that is one itself', () => {
    const unnamed = Object.entries(components.schemas).filter(([, schema]) =>
      partsOf(schema).some(({ properties }) => properties),
    );
    expect(unnamed).toEqual([]);
  });

  it('has one name for one shape', () => {
    const shapes = Object.values(components.schemas).map((schema) => JSON.stringify(schema));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('has nothing that no operation leads to', () => {
    for (const kind of ['schemas', 'responses', 'parameters', 'headers']) {
      for (const name of Object.keys(components[kind]!))
        expect(text).toContain(`"#/components/${kind}/${name}"`);
    }
  });

  it('takes an Idempotency-Key where something is booked, cancelled or added, and says when it replays', () => {
    const takers = operations.filter(({ parameters = [] }) =>
      JSON.stringify(parameters).includes('IdempotencyKey'),
    );
    expect(takers.map(({ name }) => name)).toEqual([
      'POST /api/bookings',
      'POST /api/v1/bookings/{id}/cancel',
      'POST /api/v1/contacts',
    ]);
    const replayers = operations.filter(({ responses }) =>
      JSON.stringify(responses).includes('Idempotency-Replayed'),
    );
    expect(replayers).toEqual(takers);
  });

  it('lets a body be left out only where none of it is needed', () => {
    const optional = operations.filter(({ requestBody }) => requestBody?.required === false);
    expect(optional.map(({ name }) => name)).toEqual([
      'POST /api/v1/bookings/{id}/cancel',
      'PATCH /api/v1/contacts/{id}',
    ]);
  });
});

describe('the OpenAPI document for older generators', () => {
  const older = JSON.parse(
    readFileSync(join(packageRoot, 'openapi/openapi-3.0.json'), 'utf8'),
  ) as typeof document;

  it('says the same', () => {
    expect(older).toEqual(asOpenApi30(document));
  });

  it('says null in the words of 3.0.3', () => {
    const { contact, inviteePhone } = older.components.schemas['Booking']!.properties!;
    expect(older.openapi).toBe('3.0.3');
    expect(inviteePhone).toMatchObject({ type: 'string', nullable: true });
    expect(contact).toMatchObject({
      anyOf: [
        { $ref: '#/components/schemas/BookingContact' },
        { type: 'object', nullable: true, enum: [null] },
      ],
    });
    expect(JSON.stringify(older)).not.toContain('"type":"null"');
  });
});

/** The schemas within a schema, at any depth, up to references. */
function partsOf({ properties = {}, items, allOf = [], anyOf = [] }: Schema): Schema[] {
  const parts = [...Object.values(properties), ...(items ? [items] : []), ...allOf, ...anyOf];
  return parts.flatMap((part) => [part, ...partsOf(part)]);
}
