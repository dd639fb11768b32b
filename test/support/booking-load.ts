import { bookingOf, inDays, type NewBooking } from './bookings.js';
import type { Offer } from './owners.js';

/** One wish for a slot of its own, with what came of it. */
export interface Wish {
  readonly startTime: string;
  readonly inviteeEmail: string;
  /** The booking that was confirmed; null if no answer came. */
  id: string | null;
}

/** Invitees who book one slot after the other, several at once, and remember what they were told. */
export class BookingLoad {
  readonly wishes: Wish[] = [];
  private count = 0;

  constructor(private readonly offer: Offer) {}

  get confirmed(): Wish[] {
    return this.wishes.filter(({ id }) => id !== null);
  }

  get unanswered(): Wish[] {
    return this.wishes.filter(({ id }) => id === null);
  }

  /** Books with so many at once until there is no answer any more. Throws if an answer is no confirmation. */
  async run(url: string, atOnce: number): Promise<void> {
    await Promise.all(Array.from({ length: atOnce }, () => this.bookOn(url)));
  }

  /** Sends again, with the key it had, what got no answer. */
  async retry(url: string): Promise<void> {
    for (const wish of this.unanswered) await this.ask(url, wish);
  }

  private async bookOn(url: string): Promise<void> {
    for (let wish = this.next(); await this.ask(url, wish); wish = this.next());
  }

  private next(): Wish {
    const n = (this.count += 1);
    const halfHour = n % 48;
    const time = `${String(Math.floor(halfHour / 2)).padStart(2, '0')}:${halfHour % 2 ? '30' : '00'}`;
    const wish = {
      startTime: inDays(2 + Math.floor(n / 48), time),
      inviteeEmail: `load-${n}@example.com`,
      id: null,
    };
    this.wishes.push(wish);
    return wish;
  }

  /** Whether there was an answer. */
  private async ask(url: string, wish: Wish): Promise<boolean> {
    const { startTime, inviteeEmail } = wish;
    const answer = await fetch(`${url}/api/bookings`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': inviteeEmail },
      body: JSON.stringify(bookingOf(this.offer, startTime, { inviteeEmail })),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => null);
    if (answer === null) return false;
    if (answer.status !== 201) throw new Error(`${startTime} → ${answer.status} ${answer.text}`);
    wish.id = (JSON.parse(answer.text) as NewBooking).id;
    return true;
  }
}
