import { describe, expect, it } from '@jest/globals';
import { english } from './wording-english.js';
import type { MeetingNews } from './wording.js';

const news = (more: Partial<MeetingNews>): MeetingNews => ({
  what: 'Lesson',
  host: 'Ann',
  invitee: 'Ada',
  reader: 'invitee',
  cancelledBy: null,
  minutesToStart: 60,
  ...more,
});

describe('In English', () => {
  it.each([
    [2 * 24 * 60 - 0.1, 'in about 2 days'],
    [24 * 60 - 0.1, 'in about 24 hours'],
    [90, 'in about 2 hours'],
    [60, 'in about 1 hour'],
    [59.9, 'in about 1 hour'],
    [57, 'in about 55 minutes'],
    [44.8, 'in about 45 minutes'],
    [5, 'in 5 minutes'],
    [1, 'in 1 minute'],
    [0, 'now'],
    [-3, 'now'],
  ])('a meeting that is %d minutes away starts %s', (minutesToStart, when) => {
    expect(english.bookings.REMINDER.title(news({ minutesToStart }))).toBe(`Your meeting starts ${when}`);
  });

  it.each([
    ['invitee', 'HOST', 'Ann cancelled it.'],
    ['invitee', 'INVITEE', 'You cancelled your meeting with Ann.'],
    ['guest', 'INVITEE', 'Ada cancelled it.'],
    ['owner', 'INVITEE', 'Ada cancelled it.'],
    ['owner', 'HOST', 'You cancelled your meeting with Ada.'],
    ['invitee', 'SYSTEM', 'Your meeting with Ann will not take place.'],
  ] as const)('the %s of a meeting cancelled by %s reads: %s', (reader, cancelledBy, sentence) => {
    const words = english.bookings.CANCELLATION_CONFIRMATION;
    expect(words.opening(news({ reader, cancelledBy }))).toBe(sentence);
  });

  it.each([
    [30, '30 minutes'],
    [1, '1 minute'],
    [60, '1 hour'],
    [135, '2 hours 15 minutes'],
    [1440, '24 hours'],
  ])('%d minutes are %s', (minutes, words) => {
    expect(english.duration(minutes)).toBe(words);
  });
});
