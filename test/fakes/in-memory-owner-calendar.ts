import type { Instant } from '@js-joda/core';
import type {
  ChangePage,
  MirroredEvent,
  PlacedEvent,
  RemoteCalendar,
  RemoteEvent,
} from '../../src/calendars/domain/remote-event.js';
import {
  OwnerCalendar,
  OwnerCalendars,
  type CalendarAccount,
  type Watch,
  type WatchRequest,
} from '../../src/calendars/ports.js';

interface Change {
  readonly id: string;
  /** Null once it is gone. */
  readonly event: RemoteEvent | null;
}

/** A provider whose calendars can be changed at will, tells of two events a page, and fails when it is told to. */
export class InMemoryOwnerCalendar extends OwnerCalendar {
  private readonly changesOf = new Map<string, Change[]>();
  /** What every question is answered with instead, or those about one calendar. */
  fault: Error | null = null;
  readonly faultOf = new Map<string, Error>();
  /** Whether it knows cursors no longer. */
  forgetsCursors = false;
  /** The cursors it was asked with, in order. */
  readonly asked: (string | null)[] = [];
  /** When the watches end that it promises; null if it promises none. */
  watchEndsAt: Instant | null = null;
  /** What it was asked to watch, and the handles of the watches that it was asked to end. */
  readonly watched: (WatchRequest & { calendarId: string })[] = [];
  readonly unwatched: string[] = [];
  /** Done before each page is told. */
  beforePage: () => Promise<void> = async () => undefined;
  /** What was put into its calendars and not removed, by its id. */
  readonly placed = new Map<string, MirroredEvent>();
  /** How often something was put. */
  puts = 0;
  /** Of the video meetings that it makes. */
  link = 'https://meet.example/abc';
  /** Done once an event is there, before that is told. */
  afterPut: () => Promise<void> = async () => undefined;

  constructor(public remote: readonly RemoteCalendar[]) {
    super();
  }

  write(calendarId: string, event: RemoteEvent): void {
    this.change(calendarId, { id: event.id, event });
  }

  erase(calendarId: string, id: string): void {
    this.change(calendarId, { id, event: null });
  }

  async calendars({ credentials }: CalendarAccount): Promise<RemoteCalendar[]> {
    if (this.fault) throw this.fault;
    if (!credentials['password']) throw new Error('Nobody gave a password');
    return [...this.remote];
  }

  async *changes(
    _account: CalendarAccount,
    calendarId: string,
    cursor: string | null,
  ): AsyncGenerator<ChangePage, string> {
    this.asked.push(cursor);
    const fault = this.fault ?? this.faultOf.get(calendarId);
    const log = this.changesOf.get(calendarId) ?? [];
    const fromScratch = cursor === null || this.forgetsCursors;
    const news = new Map(log.slice(fromScratch ? 0 : Number(cursor)).map(({ id, event }) => [id, event]));
    const changed = [...news.values()].filter((event) => event !== null);
    const removed = fromScratch ? [] : [...news.keys()].filter((id) => news.get(id) === null);
    for (let from = 0; from === 0 || from < changed.length; from += 2) {
      await this.beforePage();
      if (fault && from > 0) throw fault;
      const page = changed.slice(from, from + 2);
      yield { fromScratch, changed: page, removed: from === 0 ? removed : [], total: changed.length };
    }
    if (fault) throw fault;
    return `${log.length}`;
  }

  async put(_account: CalendarAccount, calendarId: string, event: MirroredEvent): Promise<PlacedEvent> {
    const fault = this.fault ?? this.faultOf.get(calendarId);
    if (fault) throw fault;
    const remoteId = `${calendarId}${event.uid}`;
    this.placed.set(remoteId, event);
    await this.afterPut();
    return {
      remoteId,
      etag: `"${(this.puts += 1)}"`,
      meetingLink: event.wantsMeetingLink ? this.link : null,
    };
  }

  async remove(_account: CalendarAccount, calendarId: string, remoteId: string): Promise<void> {
    const fault = this.fault ?? this.faultOf.get(calendarId);
    if (fault) throw fault;
    this.placed.delete(remoteId);
  }

  override async watch(
    _account: CalendarAccount,
    calendarId: string,
    request: WatchRequest,
  ): Promise<Watch | null> {
    if (this.fault) throw this.fault;
    this.watched.push({ calendarId, ...request });
    return this.watchEndsAt && { handle: `watch ${this.watched.length}`, expiresAt: this.watchEndsAt };
  }

  override async unwatch(_account: CalendarAccount, { handle }: Watch): Promise<void> {
    if (this.fault) throw this.fault;
    this.unwatched.push(handle);
  }

  private change(calendarId: string, change: Change): void {
    this.changesOf.set(calendarId, [...(this.changesOf.get(calendarId) ?? []), change]);
  }
}

/** One for all providers. */
export class OneOwnerCalendar extends OwnerCalendars {
  constructor(private readonly ownerCalendar: OwnerCalendar) {
    super();
  }

  async of(): Promise<OwnerCalendar> {
    return this.ownerCalendar;
  }
}
