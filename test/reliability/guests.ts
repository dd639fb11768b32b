import { setTimeout as delay } from 'node:timers/promises';
import { bookingOf, inDays, type NewBooking } from '../support/bookings.js';
import type { Offer, Owner } from '../support/owners.js';
import type { World } from './world.js';

const ANSWERED_WITHIN_MS = 12_000;

/** One request of a guest, asked until it is answered, and what the answers were. */
export interface Asked {
  readonly kind: 'book' | 'cancel';
  readonly eventTypeId: string;
  readonly startTime: string;
  readonly inviteeEmail: string;
  /** Every status that came back, in order; 0 for a connection that broke. */
  readonly answers: number[];
  /** The booking of a 201, or of the cancellation. */
  id: string | null;
  readonly tookMs: number[];
}

/** Invitees of one offer of five minutes at any time who book slots and give some of them back, whatever happens to the servers. */
export class Guests {
  readonly asked: Asked[] = [];
  private place = 0;
  private stopping = false;

  constructor(
    private readonly owner: Owner,
    private readonly offer: Offer,
    /** The servers that answer now, as far as anybody knows. */
    private readonly urls: () => readonly string[],
    private readonly random: () => number,
  ) {}

  /** Of a new owner, whose webhooks are received well. */
  static async of(world: World): Promise<Guests> {
    const owner = await world.owners.add();
    const offer = await world.owners.offer(owner, { durationMinutes: 5 });
    await world.addEndpoint(owner, '/good');
    return new Guests(
      owner,
      offer,
      () => world.apis.map(({ url }) => url),
      () => 0.1,
    );
  }

  /** Keeps asking with so many at once until told to stop, and until what was begun is answered. */
  async keepAsking(atOnce: number, pauseMs = 0): Promise<void> {
    this.stopping = false;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (!this.stopping) {
          await this.bookAndPerhapsCancel(this.random() < 0.5);
          if (pauseMs > 0) await delay(pauseMs);
        }
      }),
    );
  }

  /** Keeps asking with so many at once while something else is done. */
  async keepAskingDuring(work: () => Promise<unknown>, atOnce: number, pauseMs = 0): Promise<void> {
    const asking = this.keepAsking(atOnce, pauseMs);
    await work().finally(() => this.stop());
    await asking;
  }

  /** Books one slot, and cancels it if chance will have it so. */
  askOnce(withKey = true): Promise<void> {
    return this.bookAndPerhapsCancel(withKey);
  }

  /** Books one slot, and another each second until something has happened that one booking may not lead to. */
  async askUntil(happened: Promise<unknown>, withKey: boolean): Promise<void> {
    const hasHappened = happened.then(
      () => true,
      () => true,
    );
    do await this.askOnce(withKey);
    while (!(await Promise.race([hasHappened, delay(1_000, false, { ref: false })])));
  }

  stop(): void {
    this.stopping = true;
  }

  /**
   * Books the slot that begins then; null if it was refused, or not answered before they were told to stop. Who asks without an
   * Idempotency-Key may find that it was he who took the slot.
   */
  async book(startTime: string, withKey = true): Promise<Asked | null> {
    const place = (this.place += 1);
    const wish: Asked = {
      kind: 'book',
      eventTypeId: this.offer.id,
      startTime,
      inviteeEmail: `guest-${place}@${this.offer.slug}.example.com`,
      answers: [],
      id: null,
      tookMs: [],
    };
    this.asked.push(wish);
    const answer = await this.askUntilAnswered(wish, '/api/bookings', {
      headers: withKey ? { 'Idempotency-Key': wish.inviteeEmail } : {},
      body: bookingOf(this.offer, wish.startTime, { inviteeEmail: wish.inviteeEmail }),
    });
    if (answer?.status !== 201) return null;
    wish.id = (answer.body as NewBooking).id;
    return wish;
  }

  private async bookAndPerhapsCancel(withKey: boolean): Promise<void> {
    const wish = await this.book(this.nextTime(), withKey);
    if (!wish || this.random() > 0.3) return;

    const change: Asked = { ...wish, kind: 'cancel', answers: [], tookMs: [] };
    this.asked.push(change);
    await this.askUntilAnswered(change, `/api/v1/bookings/${wish.id}/cancel`, {
      headers: { Authorization: `Bearer ${this.owner.key}`, 'Idempotency-Key': `cancel-${wish.id}` },
      body: { reason: 'Something came up' },
    });
  }

  /** One slot after the other, from the day after tomorrow on; every tenth is one that somebody else wishes for too. */
  private nextTime(): string {
    const next = this.place + 1;
    const slot = next % 10 === 0 ? next - 1 : next;
    const minutes = (slot % 288) * 5;
    const time = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
    return inDays(2 + (Math.floor(slot / 288) % 50), time);
  }

  /** Null if it was told to stop before there was an answer. */
  private async askUntilAnswered(
    asked: Asked,
    path: string,
    { headers, body }: { headers: Record<string, string>; body: unknown },
  ): Promise<{ status: number; body: unknown } | null> {
    const giveUpAt = () => this.stopping && asked.answers.length > 200;
    for (;;) {
      const urls = this.urls();
      const url = urls[Math.floor(this.random() * urls.length)];
      const began = performance.now();
      const answer =
        url &&
        (await fetch(`${url}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
        })
          .then(async (response) => ({ status: response.status, body: (await response.json()) as unknown }))
          .catch(() => null));
      asked.tookMs.push(performance.now() - began);
      asked.answers.push(answer ? answer.status : 0);
      if (answer && answer.status !== 503) return answer;
      if (giveUpAt()) return null;
      await delay(50 + this.random() * 100);
    }
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
