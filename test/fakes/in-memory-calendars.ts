import type { BusyNews, KeptEvent } from '../../src/calendars/domain/busy-news.js';
import { CalendarConnection, type CalendarConnectionState } from '../../src/calendars/domain/connection.js';
import { CalendarAccessLost } from '../../src/calendars/domain/errors.js';
import {
  BusyCache,
  Connections,
  Notices,
  type CalendarAccount,
  type ClaimedSync,
  type Credentials,
  type RemovedConnection,
  type StaleCalendar,
} from '../../src/calendars/ports.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Interval } from '../../src/kernel/interval.js';
import type { Restorable } from './in-memory-unit-of-work.js';

/** Connections with their claims, which end with their release and not with time. */
export class InMemoryConnections extends Connections implements Restorable {
  private kept = new Map<string, CalendarConnectionState>();
  private credentials = new Map<string, Credentials>();
  /** Of each connection the turn of its last claim, and whether that is under way. */
  private turns = new Map<string, { turn: number; isUnderWay: boolean }>();

  /** The connections of which news have been told since they were last claimed. */
  readonly news = new Set<string>();

  constructor(private readonly clock: Clock) {
    super();
  }

  stateOf(id: string): CalendarConnectionState | undefined {
    return this.kept.get(id);
  }

  get all(): CalendarConnectionState[] {
    return [...this.kept.values()];
  }

  /** As if the last claim had ended by itself. */
  forgetClaim(id: string): void {
    const { turn } = this.turns.get(id)!;
    this.turns.set(id, { turn, isUnderWay: false });
  }

  async add({ state }: CalendarConnection, credentials: Credentials): Promise<void> {
    this.kept.set(state.id, state);
    this.credentials.set(state.id, credentials);
  }

  async account(connectionId: string): Promise<CalendarAccount> {
    const reread = async () => {
      const credentials = this.credentials.get(connectionId);
      if (!credentials) throw new CalendarAccessLost('The calendar was disconnected');
      return credentials;
    };
    return {
      connectionId,
      credentials: await reread(),
      renewed: async (fresh) => void this.credentials.set(connectionId, fresh),
      reread,
    };
  }

  async save({ state }: CalendarConnection): Promise<void> {
    this.kept.set(state.id, state);
  }

  async remove(connectionId: string): Promise<RemovedConnection | null> {
    const removed = this.kept.get(connectionId) ?? null;
    this.credentials.delete(connectionId);
    this.kept.delete(connectionId);
    return removed;
  }

  async ofAccount(ownerId: string, provider: string, account: string): Promise<CalendarConnection | null> {
    const state = this.all.find(
      (each) => each.ownerId === ownerId && each.provider === provider && each.account === account,
    );
    return state ? CalendarConnection.of(state) : null;
  }

  async hasAccount(provider: string, account: string): Promise<boolean> {
    return this.all.some((each) => each.provider === provider && each.account === account);
  }

  async reopen(connection: CalendarConnection, credentials: Credentials): Promise<void> {
    await this.add(connection, credentials);
    const { id } = connection.state;
    this.turns.set(id, { turn: (this.turns.get(id)?.turn ?? 0) + 1, isUnderWay: false });
  }

  async hasNews(connectionId: string): Promise<void> {
    if (this.kept.get(connectionId)?.failures === 0) this.news.add(connectionId);
  }

  async claim(connectionId: string, isAsked: boolean): Promise<ClaimedSync | null> {
    const state = this.kept.get(connectionId);
    const { turn = 0, isUnderWay = false } = this.turns.get(connectionId) ?? {};
    const isDue = state?.nextSyncAt && !state.nextSyncAt.isAfter(this.clock.now());
    if (!state || isUnderWay || !(isAsked || isDue || this.news.has(connectionId))) return null;
    this.news.delete(connectionId);
    this.turns.set(connectionId, { turn: turn + 1, isUnderWay: true });
    return { connection: CalendarConnection.of(state), timezone: 'Europe/Berlin', turn: turn + 1 };
  }

  async resume({ connection, turn }: ClaimedSync): Promise<CalendarConnection | null> {
    const { id } = connection.state;
    const last = this.turns.get(id);
    const state = this.kept.get(id);
    return state && last?.isUnderWay && last.turn === turn ? CalendarConnection.of(state) : null;
  }

  async release({ connection }: ClaimedSync): Promise<void> {
    this.forgetClaim(connection.state.id);
  }

  async find(connectionId: string): Promise<CalendarConnection | null> {
    const state = this.kept.get(connectionId);
    return state ? CalendarConnection.of(state) : null;
  }

  async has(connectionId: string): Promise<boolean> {
    return this.kept.has(connectionId);
  }

  snapshot(): () => void {
    const before = {
      kept: new Map(this.kept),
      credentials: new Map(this.credentials),
      turns: new Map(this.turns),
    };
    return () => Object.assign(this, before);
  }
}

export class InMemoryBusyCache extends BusyCache implements Restorable {
  private events: readonly (KeptEvent & { calendarId: string; turn: number })[] = [];

  /** When a calendar keeps its owner busy. */
  busyOf(calendarId: string): Interval[] {
    return this.events.filter((event) => event.calendarId === calendarId).flatMap(({ busy }) => busy);
  }

  async take(calendarId: string, { kept, forgotten }: BusyNews, turn: number): Promise<void> {
    const told = new Set([...forgotten, ...kept.map(({ id }) => id)]);
    this.events = [
      ...this.events.filter((event) => event.calendarId !== calendarId || !told.has(event.id)),
      ...kept.map((event) => ({ ...event, calendarId, turn })),
    ];
  }

  async forgetUntold(calendarId: string, turn: number): Promise<void> {
    this.events = this.events.filter((event) => event.calendarId !== calendarId || event.turn === turn);
  }

  async forget(calendarId: string): Promise<void> {
    this.events = this.events.filter((event) => event.calendarId !== calendarId);
  }

  snapshot(): () => void {
    const { events } = this;
    return () => void (this.events = events);
  }
}

export class RememberedNotices extends Notices {
  readonly told: StaleCalendar[] = [];

  readonly links: { bookingId: string; link: string }[] = [];

  async calendarIsStale(news: StaleCalendar): Promise<void> {
    this.told.push(news);
  }

  async meetingLinkIsKnown(bookingId: string, link: string): Promise<void> {
    this.links.push({ bookingId, link });
  }
}
