import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { calendarLinks } from './calendar-links.js';

const time = { start: Instant.parse('2026-03-02T10:00:00Z'), end: Instant.parse('2026-03-02T10:30:00Z') };
const links = calendarLinks({ time, title: 'Lesson & more: 1+1', location: 'Room #4?' });
const given = (i: number) => Object.fromEntries(new URL(links[i]!.href).searchParams);

describe('Links that add a meeting to a calendar', () => {
  it('lead to the calendars of Google and Microsoft', () => {
    expect(links.map(({ href }) => new URL(href).host)).toEqual([
      'calendar.google.com',
      'outlook.live.com',
      'outlook.office.com',
    ]);
  });

  it('bear title, time in UTC and place, each calendar in its own words', () => {
    expect(given(0)).toEqual({
      action: 'TEMPLATE',
      text: 'Lesson & more: 1+1',
      dates: '20260302T100000Z/20260302T103000Z',
      location: 'Room #4?',
    });
    expect(given(1)).toEqual({
      rru: 'addevent',
      startdt: '2026-03-02T10:00:00Z',
      enddt: '2026-03-02T10:30:00Z',
      subject: 'Lesson & more: 1+1',
      location: 'Room #4?',
    });
    expect(given(2)).toEqual(given(1));
  });

  it('never write a space as a plus, which Outlook would show', () => {
    for (const { href } of links) expect(href).not.toContain('+');
  });

  it('say nothing of a place that is not known', () => {
    for (const { href } of calendarLinks({ time, title: 'Lesson', location: null }))
      expect(href).not.toContain('location');
  });
});
