import { describe, expect, it } from '@jest/globals';
import { expectPayload } from '../../test/support/openapi.js';
import { sampleEvents, sampleHost } from '../delivery/domain/sample-events.js';
import { webhookEventNames } from '../delivery/domain/webhook-endpoint.js';
import { envelopeOf } from '../delivery/domain/webhook-payload.js';
import { committedDocument } from './answer-schemas.js';

interface DocumentedWebhook {
  readonly operationId: string;
  readonly parameters: readonly { readonly $ref: string }[];
  readonly requestBody: { readonly content: { 'application/json': { example: unknown } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

const { webhooks = {}, components } = committedDocument();
const documented = (event: string) => webhooks[event]!['post'] as DocumentedWebhook;

describe('the webhooks in the OpenAPI document', () => {
  it('are those that an endpoint can listen for', () => {
    expect(Object.keys(webhooks)).toEqual(webhookEventNames);
    expect(components.schemas['Event']!.oneOf).toHaveLength(webhookEventNames.length);
  });

  it.each(webhookEventNames)('%s shows what is sent, field by field', (event) => {
    const { example } = documented(event).requestBody.content['application/json'];
    const sent = envelopeOf('evt_1', sampleEvents[event], sampleHost);
    expect(expectPayload(event, JSON.stringify(example))).toEqual({
      ...(JSON.parse(sent) as object),
      id: expect.stringMatching(/^evt_/),
    });
  });

  it.each(webhookEventNames)(
    '%s is described to the last field, so that one more or less is noticed',
    (event) => {
      const sent = JSON.parse(envelopeOf('evt_1', sampleEvents[event], sampleHost)) as { data: object };
      const check = (data: object) => () => expectPayload(event, JSON.stringify({ ...sent, data }));
      expect(check(sent.data)).not.toThrow();
      expect(check({ ...sent.data, inviteeToken: 'secret' })).toThrow('inviteeToken');
      for (const name of Object.keys(sent.data)) {
        expect(check({ ...sent.data, [name]: undefined })).toThrow(name);
      }
    },
  );

  it.each(webhookEventNames)('%s names the headers that are sent, and what answers mean', (event) => {
    const { parameters, responses } = documented(event);
    const headers = parameters.map(({ $ref }) => {
      const { name } = components['parameters']![$ref.split('/').at(-1)!] as { name: string };
      return name;
    });
    expect(headers).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature', 'X-LinkTime-Event']);
    expect(Object.keys(responses).toSorted()).toEqual(['2XX', '410', 'default']);
  });
});
