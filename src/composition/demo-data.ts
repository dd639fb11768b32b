import { DayOfWeek, LocalDate, LocalTime, type Instant } from '@js-joda/core';
import { findTimeZone } from '../kernel/time-zone.js';

/** The demo: someone with a few things to offer, people who are known and meetings to come. */
export const demoOwner = {
  email: 'demo@example.com',
  name: 'Demo Owner',
  username: 'demo',
  plan: 'BUSINESS',
  timezone: 'Europe/Berlin',
};

export const demoZone = findTimeZone(demoOwner.timezone)!;

/** The first of them is the one shown around. */
export const demoEventTypes = [
  {
    slug: 'intro-call',
    name: 'Intro call',
    description: 'Half an hour to get to know each other.',
    durationMinutes: 30,
    bufferAfter: 15,
    location: 'Video call',
    availability: everyWorkingDay('09:00', '17:00'),
  },
  {
    slug: 'consultation',
    name: 'Consultation',
    description: 'An hour on a question of yours.',
    durationMinutes: 60,
    bufferBefore: 15,
    bufferAfter: 15,
    minimumNoticeMinutes: 240,
    dailyLimit: 3,
    location: 'Video call',
    availability: everyWorkingDay('09:00', '17:00'),
    questions: [
      { id: 'topic', label: 'What is it about?', type: 'textarea', required: true },
      {
        id: 'team-size',
        label: 'How many are you?',
        type: 'select',
        required: false,
        options: ['1', '2 to 10', 'More than 10'],
      },
    ],
  },
  {
    slug: 'office-hours',
    name: 'Office hours',
    description: 'A quarter of an hour for whatever comes up. Not on offer at the moment.',
    durationMinutes: 15,
    availability: [
      { day: 'TUESDAY', start: '14:00', end: '16:00' },
      { day: 'THURSDAY', start: '14:00', end: '16:00' },
    ],
    isActive: false,
  },
];

export const demoContacts = [
  { name: 'Barbara Liskov', email: 'barbara@example.org', phone: '+1 617 555 0100', company: 'Substitution' },
  { name: 'Grace Hopper', email: 'grace@example.org', company: 'Compilers Inc', notes: 'Prefers mornings.' },
  { name: 'Alan Turing', email: 'alan@example.org', company: 'Bletchley Machines' },
  { name: 'Katherine Johnson', email: 'katherine@example.org', phone: '+1 202 555 0143', company: 'Orbital' },
  { name: 'Edsger Dijkstra', email: 'edsger@example.org' },
  { name: 'Hedy Lamarr', email: 'hedy@example.org', company: 'Frequency Hopping', notes: 'Met at a fair.' },
];

export interface DemoBooking {
  readonly slug: string;
  /** Which of the working days to come, from 0. */
  readonly workingDay: number;
  /** In the owner's zone. */
  readonly time: string;
  readonly inviteeName: string;
  readonly inviteeEmail: string;
  readonly inviteeTimezone: string;
  readonly answers?: Readonly<Record<string, string>>;
  /** Why it was called off, if it was. */
  readonly cancelledFor?: string;
}

// prettier-ignore
export const demoBookings: readonly DemoBooking[] = [
  { slug: 'intro-call', workingDay: 0, time: '10:00', inviteeName: 'Grace Hopper', inviteeEmail: 'grace@example.org', inviteeTimezone: 'America/New_York' },
  { slug: 'consultation', workingDay: 0, time: '14:00', inviteeName: 'Alan Turing', inviteeEmail: 'alan@example.org', inviteeTimezone: 'Europe/London', answers: { topic: 'Which questions can be decided at all?', 'team-size': '2 to 10' } },
  { slug: 'intro-call', workingDay: 1, time: '09:30', inviteeName: 'Katherine Johnson', inviteeEmail: 'katherine@example.org', inviteeTimezone: 'America/New_York' },
  { slug: 'consultation', workingDay: 2, time: '11:00', inviteeName: 'Barbara Liskov', inviteeEmail: 'barbara@example.org', inviteeTimezone: 'America/New_York', answers: { topic: 'What may stand in for what?' } },
  { slug: 'intro-call', workingDay: 3, time: '15:30', inviteeName: 'Edsger Dijkstra', inviteeEmail: 'edsger@example.org', inviteeTimezone: 'Europe/Amsterdam', cancelledFor: 'Sorry, something came up.' },
];

/** When a demo booking starts: on a working day after today, as the owner's calendar has it. */
export function startOf({ workingDay, time }: DemoBooking, now: Instant): Instant {
  let date = nextWorkingDay(LocalDate.ofInstant(now, demoZone));
  for (let day = 0; day < workingDay; day += 1) date = nextWorkingDay(date);
  return date.atTime(LocalTime.parse(time)).atZone(demoZone).toInstant();
}

function nextWorkingDay(date: LocalDate): LocalDate {
  const next = date.plusDays(1);
  return next.dayOfWeek().value() > DayOfWeek.FRIDAY.value() ? nextWorkingDay(next) : next;
}

function everyWorkingDay(start: string, end: string) {
  return ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((day) => ({ day, start, end }));
}
