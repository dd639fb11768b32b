import { describe, expect, it } from '@jest/globals';
import { PromisedAnswers } from './openapi.js';

const contact = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', format: 'uuid' }, phone: { type: ['string', 'null'] } },
};
const promised = new PromisedAnswers({
  paths: {
    '/contacts/{id}': {
      get: {
        responses: {
          '200': {
            headers: { 'X-RateLimit-Limit': { required: true, schema: { type: 'integer' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Contact' } } },
          },
          '204': {},
          '404': { $ref: '#/components/responses/NotFound' },
        },
      },
    },
  },
  components: {
    schemas: { Contact: contact },
    responses: {
      NotFound: {
        content: {
          'application/json': {
            schema: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
          },
        },
      },
    },
  },
});

const id = '019a0000-0000-7000-8000-000000000001';

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = body === undefined ? null : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-ratelimit-limit': '60', ...headers },
  });
}

const check = (response: Response, method = 'GET') => promised.check(method, '/contacts/{id}', response);

describe('an answer checked against the OpenAPI document', () => {
  it('fits when everything is as described, and is handed back with its body unread', async () => {
    const response = answer(200, { id, phone: null });
    await expect(check(response)).resolves.toEqual({ id, phone: null });
    await expect(response.json()).resolves.toEqual({ id, phone: null });
  });

  it('follows references to responses', async () => {
    await expect(check(answer(404, { error: 'Contact not found' }))).resolves.toBeDefined();
    await expect(check(answer(404, { message: 'no' }))).rejects.toThrow('error');
  });

  it.each([
    ['of a status not documented', answer(418, {}), 'status'],
    ['without a required field', answer(200, { phone: null }), "required property 'id'"],
    ['with a field of the wrong type', answer(200, { id, phone: 5 }), '/phone'],
    ['with a malformed format', answer(200, { id: 'x' }), 'uuid'],
    ['with a field not described', answer(200, { id, hash: 'x' }), 'hash'],
    [
      'with a header of the wrong type',
      answer(200, { id }, { 'x-ratelimit-limit': 'many' }),
      'X-RateLimit-Limit',
    ],
    ['of another media type', answer(200, { id }, { 'content-type': 'text/html' }), 'text/html'],
    ['without a required header', new Response('{}', { status: 200 }), 'X-RateLimit-Limit is missing'],
    ['whose body is missing', answer(200, undefined), 'JSON'],
  ])('does not fit %s', async (_what, response, fault) => {
    await expect(check(response)).rejects.toThrow(fault);
  });

  it('has no body where none is documented', async () => {
    await expect(check(answer(204, undefined))).resolves.toBeUndefined();
  });

  it('has no body when it answers HEAD', async () => {
    await expect(check(answer(200, undefined), 'HEAD')).resolves.toBeUndefined();
    await expect(check(answer(200, { id }), 'HEAD')).rejects.toThrow('HEAD');
  });

  it('belongs to a documented operation', async () => {
    await expect(promised.check('PUT', '/contacts/{id}', answer(200, { id }))).rejects.toThrow('operation');
  });
});
