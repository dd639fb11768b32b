import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MeetingStage } from './support/meeting-stage.js';

const ADA = 'ada@example.com';
const CHARLES = 'charles@example.com';

describe('The mails of a booking whose video meeting a calendar is to make', () => {
  let stage: MeetingStage;
  beforeAll(async () => {
    stage = await MeetingStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.begin());

  /** Who was told what, in the order in which they were. */
  const told = () => stage.mailer.taken.map(({ to, mail }) => `${mail.subject!.split(':')[0]} to ${to}`);
  const toldTo = (reader: string) => told().filter((each) => each.endsWith(` to ${reader}`));
  const linkIn = (text: string | undefined) =>
    /https:\/\/meet\.google\.com\/\S+?(?=["<\s]|$)/.exec(text ?? '')?.[0];
  const links = () => stage.mailer.taken.map(({ mail }) => linkIn(mail.text));
  const field = (name: string, calendar: string) =>
    new RegExp(`^${name}:(.+)$`, 'm').exec(calendar)![1]!.trim();
  const down = () => stage.google.fail((response) => response.writeHead(503).end(), { times: 1_000 });
  const cancel = (id: string) =>
    stage.change(id, (booking, _eventType, at) => booking.cancel(null, 'HOST', at));
  const move = (id: string, start: string) =>
    stage.change(id, (booking, eventType, at) => booking.reschedule(eventType, Instant.parse(start), at));

  it('wait for its link, and then tell it at once: in text, in HTML and in the invitation', async () => {
    const { state } = await stage.book();
    await stage.handle();
    await stage.send();
    expect(told()).toEqual([]);

    expect(await stage.mirror()).toEqual(['succeeded']);
    await stage.send();
    const link = await stage.linkOf(state.id);
    expect(link).toMatch(/^https:\/\/meet\.google\.com\//);
    expect(told()).toHaveLength(3);
    for (const { mail, calendar } of stage.mailer.taken) {
      expect(linkIn(mail.text)).toBe(link);
      expect(mail.html).toContain(`href="${link}"`);
      expect(calendar).toContain('LOCATION:Google Meet');
      expect(calendar).toContain(`URL:${link}`);
      expect(calendar).toContain(`CONFERENCE;VALUE=URI:${link}`);
    }
  });

  it('go after a minute without it where the calendar cannot be asked', async () => {
    down();
    await stage.book();
    await stage.handle();
    expect(await stage.mirror()).toEqual(['retry']);
    await stage.pass(58);
    await stage.send();
    expect(told()).toEqual([]);
    await stage.pass(3);
    await stage.send();
    expect(told()).toHaveLength(3);
    expect(links()).toEqual([undefined, undefined, undefined]);
  });

  it('are followed by one mail more to each who is invited when the link comes after them', async () => {
    down();
    const { state } = await stage.book();
    await stage.handle();
    expect(await stage.mirror()).toEqual(['retry']);
    await stage.pass(61);
    await stage.send();
    const before = stage.mailer.taken.splice(0);
    expect(before).toHaveLength(3);

    stage.google.recover();
    stage.world.clock.advance(Duration.ofMinutes(2));
    expect(await stage.mirror()).toEqual(['succeeded']);
    await stage.send();
    expect(told().sort()).toEqual([`Meeting link to ${ADA}`, `Meeting link to ${CHARLES}`]);
    const link = await stage.linkOf(state.id);
    for (const { to, mail, calendar } of stage.mailer.taken) {
      expect(linkIn(mail.text)).toBe(link);
      const former = before.find((each) => each.to === to)!.calendar;
      expect(field('UID', calendar)).toBe(field('UID', former));
      expect(field('SEQUENCE', calendar)).toBe(field('SEQUENCE', former));
      expect(field('DTSTAMP', calendar) > field('DTSTAMP', former)).toBe(true);
      expect(field('URL', calendar)).toBe(link);
    }

    await move(state.id, '2026-05-06T09:00:00Z');
    await stage.handle();
    await stage.mirror();
    await stage.send();
    expect(toldTo(ADA)).toEqual([`Meeting link to ${ADA}`, `Moved to ${ADA}`]);
    expect(new Set(links())).toEqual(new Set([link]));
  });

  it('are followed by the link where it comes while they are on their way', async () => {
    down();
    const { state } = await stage.book();
    await stage.handle();
    await stage.pass(61);
    stage.google.recover();
    let mirrored: Promise<unknown> | null = null;
    stage.mailer.onTheWay = async () => {
      await (mirrored ??= stage.mirror());
      return 'accepted';
    };
    await stage.send();
    expect(await mirrored).toEqual(['succeeded']);
    // Of the three mails, those that were not yet under way may bear it, and then nothing follows.
    const link = await stage.linkOf(state.id);
    for (const reader of [ADA, CHARLES]) {
      const read = stage.mailer.taken.filter(({ to }) => to === reader).map(({ mail }) => linkIn(mail.text));
      expect(read.at(-1)).toBe(link);
      expect(read.filter((each) => each !== undefined)).toHaveLength(1);
    }
  });

  it('do not wait where the meeting is elsewhere, and hold up no webhook and no feed', async () => {
    await stage.begin({ location: 'Room 5' });
    await stage.book();
    await stage.handle();
    await stage.send();
    expect(told()).toHaveLength(3);

    await stage.begin();
    const { state } = await stage.book();
    await stage.handle();
    const published = await stage.world.sql.query(
      `select id from published_events where body::json->'data'->>'id' = $1`,
      [state.id],
    );
    expect(published).toHaveLength(1);
  });

  it('tell the link of the first of two calendars, once', async () => {
    await stage.begin({ calendars: 2 });
    const { state } = await stage.book();
    await stage.handle();
    expect(await stage.mirror()).toEqual(['succeeded', 'succeeded']);
    await stage.send();
    await stage.pass(61);
    await stage.send();
    expect(links()).toEqual(Array(3).fill(await stage.linkOf(state.id)));
  });

  it('go at once when the booking is called off meanwhile, before the news of that', async () => {
    const { state } = await stage.book();
    await stage.handle();
    await cancel(state.id);
    await stage.handle();
    await stage.send();
    expect(toldTo(ADA)).toEqual([`Confirmed to ${ADA}`, `Cancelled to ${ADA}`]);
    expect(toldTo(CHARLES)).toEqual([`Confirmed to ${CHARLES}`, `Cancelled to ${CHARLES}`]);

    await stage.mirror();
    await stage.pass(100_000);
    await stage.send();
    expect(told()).toHaveLength(6);
    expect(await stage.linkOf(state.id)).toBeNull();
  });

  it('never wait once a link came for a booking that was called off while the meeting was made', async () => {
    const { state } = await stage.book();
    await stage.handle();
    await cancel(state.id);
    expect(await stage.mirror()).toEqual(['succeeded']); // nobody has told the calendar yet
    await stage.handle();
    await stage.send();
    expect(told()).toHaveLength(6);
    expect(links()).toEqual(Array(6).fill(undefined));
  });

  it('keep their order when the booking is moved while the link is awaited, and tell it both', async () => {
    const { state } = await stage.book();
    await stage.handle();
    await move(state.id, '2026-05-04T09:00:00Z');
    await stage.handle();
    await stage.send();
    expect(told()).toEqual([]);
    await stage.mirror();
    await stage.send();
    expect(toldTo(ADA)).toEqual([`Confirmed to ${ADA}`, `Moved to ${ADA}`]);
    expect(links()).toEqual(Array(6).fill(await stage.linkOf(state.id)));
  });

  it('tell it without waiting when it came between a move and its mails', async () => {
    const { state } = await stage.book();
    await stage.handle();
    await move(state.id, '2026-05-05T09:00:00Z');
    await stage.mirror();
    await stage.handle();
    await stage.send();
    expect(toldTo(ADA)).toEqual([`Confirmed to ${ADA}`, `Moved to ${ADA}`]);
    expect(links()).toEqual(Array(6).fill(await stage.linkOf(state.id)));
  });

  it('are told once, whole, when the calendar is asked again by who died before noting the link', async () => {
    const { state } = await stage.book();
    await stage.handle();
    const { calendar_id: calendarId } = (
      await stage.world.sql.query<{ calendar_id: string }>(
        'select calendar_id from mirrored_bookings where booking_id = $1',
        [state.id],
      )
    )[0]!;
    // Nothing can be recorded: what the transaction has done before goes with it.
    await stage.world.sql.query(
      `alter table mirrored_bookings add constraint full_disk check (remote_id is null or calendar_id <> '${calendarId}')`,
    );
    await expect(stage.mirror()).rejects.toThrow('full_disk');
    await stage.world.sql.query('alter table mirrored_bookings drop constraint full_disk');
    await stage.send();
    expect(told()).toEqual([]);
    expect(await stage.linkOf(state.id)).toBeNull();

    await stage.world.sql.query(`update mirrored_bookings set busy_until = now()`);
    expect(await stage.mirror()).toEqual(['succeeded']);
    await stage.send();
    expect(links()).toEqual(Array(3).fill(await stage.linkOf(state.id)));
  });

  it('are not hurried by the link when a mail server has put them off, and tell it then', async () => {
    down();
    const { state } = await stage.book();
    await stage.handle();
    await stage.pass(61);
    stage.mailer.onTheWay = async () => 'deferred';
    await stage.send();
    stage.mailer.onTheWay = async () => 'accepted';
    stage.google.recover();
    expect(await stage.mirror()).toEqual(['succeeded']);
    await stage.send();
    expect(told()).toEqual([]);
    await stage.pass(100);
    await stage.send();
    expect(links()).toEqual(Array(3).fill(await stage.linkOf(state.id)));
  });
});
