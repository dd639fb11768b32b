import { Instant } from '@js-joda/core';
import type { WebhookDisabledMail } from '../domain/mail.js';
import type { Wording } from '../domain/wording.js';
import { zoneOf } from './booking-facts.js';
import { habitsIn } from './habits.js';
import type { Letter } from './letter.js';
import { whenLine } from './when.js';

/** What an owner is told of a webhook endpoint that only failed, and how to set it going again. */
export function webhookDisabledLetter(
  { reader, endpoint, since, lastError }: WebhookDisabledMail,
  wording: Wording,
): Letter {
  const words = wording.webhookDisabled;
  const habits = habitsIn(reader.timezone, wording.language);
  return {
    language: wording.language,
    tone: 'off',
    title: words.title,
    preview: endpoint.url,
    greeting: wording.greeting(reader.name),
    opening: words.opening,
    facts: [
      { label: words.endpoint, lines: [endpoint.url] },
      { label: words.failingSince, lines: [whenLine(Instant.parse(since), zoneOf(reader.timezone), habits)] },
      { label: words.lastError, lines: lastError.split('\n') },
      { label: words.enableAgain, lines: [`linktime webhooks enable ${endpoint.id}`], kind: 'command' },
      {
        label: words.sendWhatItMissed,
        lines: [`linktime webhooks recover ${endpoint.id} --since ${since}`],
        kind: 'command',
      },
    ],
    actions: null,
    moreLinks: null,
    smallPrint: wording.whyReceived(reader.role),
  };
}
