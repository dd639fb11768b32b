import { Instant } from '@js-joda/core';
import { z } from 'zod';
import type { Watch, WatchRequest } from '../ports.js';
import { plainText, type GoogleSession } from './google-session.js';

const channelSchema = z.object({ id: plainText(64), resourceId: plainText(1_000) });

/** The expiration is in epoch milliseconds, as text. */
const openedSchema = channelSchema.extend({ expiration: z.string().regex(/^\d{1,15}$/) });

/**
 * Has Google post to the address whenever a calendar changes (Calendar API, "Push notifications"), with the secret as
 * `X-Goog-Channel-Token`. The channel's id must be new; Google says until when it stands, a week by default.
 */
export async function openChannel(
  session: GoogleSession,
  calendarId: string,
  { address, secret }: WatchRequest,
  id: string,
): Promise<Watch> {
  const path = ['calendars', calendarId, 'events', 'watch'];
  const body = { id, type: 'web_hook', address, token: secret };
  const answer = await session.ask({ method: 'POST', path, body });
  const { expiration, ...channel } = session.read(answer, openedSchema);
  return { handle: JSON.stringify(channel), expiresAt: Instant.ofEpochMilli(Number(expiration)) };
}

/** Ends a channel; one that has ended already is as good, and so is one of which nothing is known. */
export async function closeChannel(session: GoogleSession, { handle }: Watch): Promise<void> {
  const channel = channelOf(handle);
  if (!channel) return;
  const answer = await session.ask({ method: 'POST', path: ['channels', 'stop'], body: channel });
  if (answer.status !== 404) session.accept(answer);
}

function channelOf(handle: string): z.infer<typeof channelSchema> | null {
  try {
    return channelSchema.parse(JSON.parse(handle));
  } catch {
    return null;
  }
}
