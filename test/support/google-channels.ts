import { GoogleRefusal } from './google-calendar-state.js';

const WEEK = 7 * 86_400_000;

export interface GoogleChannel {
  readonly id: string;
  readonly resourceId: string;
  readonly calendarId: string;
  readonly address: string;
  readonly token?: string;
  /** In epoch milliseconds. */
  readonly expiration: number;
}

/** Channels over which it is told that a calendar changed, by a POST with nothing in its body ("Push notifications"). */
export class GoogleChannels {
  private readonly open = new Map<string, { channel: GoogleChannel; messages: number }>();
  private readonly underWay = new Set<Promise<void>>();

  all(): GoogleChannel[] {
    return [...this.open.values()].map(({ channel }) => channel);
  }

  /** events.watch. Unlike Google it takes an address by http too. */
  watch(calendarId: string, body: Record<string, unknown>) {
    const { id, type, address, token } = body as Partial<Record<string, string>>;
    if (!id || !/^[\w+/=-]{1,64}$/.test(id) || type !== 'web_hook' || !address || (token?.length ?? 0) > 256)
      throw new GoogleRefusal(400, 'invalid');
    if (this.open.has(id)) throw new GoogleRefusal(400, 'channelIdNotUnique');
    const resourceId = `resource-of-${calendarId}`;
    const channel = { id, resourceId, calendarId, address, token, expiration: Date.now() + WEEK };
    this.open.set(id, { channel, messages: 0 });
    this.post(id, 'sync');
    return { kind: 'api#channel', id, resourceId, token, expiration: `${channel.expiration}` };
  }

  /** channels.stop */
  stop({ id, resourceId }: Record<string, unknown>): void {
    const found = this.open.get(String(id));
    if (!found || found.channel.resourceId !== resourceId) throw new GoogleRefusal(404, 'notFound');
    this.open.delete(found.channel.id);
  }

  tell(calendarId: string): void {
    for (const { channel } of this.open.values())
      if (channel.calendarId === calendarId) this.post(channel.id, 'exists');
  }

  /** When all that was sent has been answered, or was not. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private post(id: string, state: 'sync' | 'exists'): void {
    const found = this.open.get(id)!;
    found.messages += 1;
    const { channel } = found;
    const sent = fetch(channel.address, {
      method: 'POST',
      headers: {
        'x-goog-channel-id': channel.id,
        ...(channel.token && { 'x-goog-channel-token': channel.token }),
        'x-goog-channel-expiration': new Date(channel.expiration).toUTCString(),
        'x-goog-resource-id': channel.resourceId,
        'x-goog-resource-uri': `https://www.googleapis.com/calendar/v3/calendars/${channel.calendarId}/events`,
        'x-goog-resource-state': state,
        'x-goog-message-number': `${found.messages}`,
      },
      signal: AbortSignal.timeout(5_000),
    }).then(
      (answer) => void answer.body?.cancel(),
      () => undefined,
    );
    this.underWay.add(sent);
    void sent.finally(() => this.underWay.delete(sent));
  }
}
