import type { BookingWords, MeetingNames, MeetingNews, Wording } from './wording.js';

const withHost = ({ what, host }: MeetingNames) => `${what} with ${host}`;
const withInvitee = ({ what, invitee }: MeetingNames) => `${what} with ${invitee}`;

const confirmation: BookingWords = {
  subject: (names) => `Confirmed: ${withHost(names)}`,
  title: () => 'Your meeting is confirmed',
  opening: ({ reader, host, invitee }) =>
    reader === 'guest'
      ? `${invitee} has booked a meeting with ${host} and named you as a guest.`
      : `You have a meeting with ${host}.`,
};

const notification: BookingWords = {
  subject: (names) => `New booking: ${withInvitee(names)}`,
  title: () => 'You have a new booking',
  opening: ({ invitee }) => `${invitee} has booked a meeting with you.`,
};

const moved = ({ reader, host, invitee }: MeetingNews) =>
  `Your meeting with ${reader === 'owner' ? invitee : host} has a new time.`;

const rescheduleConfirmation: BookingWords = {
  subject: (names) => `Moved: ${withHost(names)}`,
  title: () => 'Your meeting has moved',
  opening: moved,
};

const rescheduleNotification: BookingWords = {
  ...rescheduleConfirmation,
  subject: (names) => `Moved: ${withInvitee(names)}`,
};

const cancelled = ({ reader, host, invitee, cancelledBy }: MeetingNews) => {
  const meeting = `your meeting with ${reader === 'owner' ? invitee : host}`;
  if (cancelledBy === 'HOST')
    return reader === 'owner' ? `You cancelled ${meeting}.` : `${host} cancelled it.`;
  if (cancelledBy === 'INVITEE')
    return reader === 'invitee' ? `You cancelled ${meeting}.` : `${invitee} cancelled it.`;
  return `Y${meeting.slice(1)} will not take place.`;
};

const cancellationConfirmation: BookingWords = {
  subject: (names) => `Cancelled: ${withHost(names)}`,
  title: () => 'Your meeting is cancelled',
  opening: cancelled,
};

const cancellationNotification: BookingWords = {
  ...cancellationConfirmation,
  subject: (names) => `Cancelled: ${withInvitee(names)}`,
};

const meetingLink: BookingWords = {
  subject: (names) => `Meeting link: ${withHost(names)}`,
  title: () => 'Your meeting has a link',
  opening: ({ host }) => `This is where you meet ${host}.`,
};

const reminder: BookingWords = {
  subject: (names) => `Reminder: ${withHost(names)}`,
  title: ({ minutesToStart }) => `Your meeting starts ${fromNow(minutesToStart)}`,
  opening: ({ host }) => `This is to remind you of your meeting with ${host}.`,
};

/** Rounded as people say it: to five minutes, to hours, to days. */
function fromNow(minutes: number): string {
  if (minutes < 1) return 'now';
  if (minutes < 8) return `in ${count(Math.round(minutes), 'minute')}`;
  if (minutes < 58) return `in about ${count(Math.round(minutes / 5) * 5, 'minute')}`;
  if (minutes < 36 * 60) return `in about ${count(Math.round(minutes / 60), 'hour')}`;
  return `in about ${count(Math.round(minutes / 60 / 24), 'day')}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

export const english: Wording = {
  language: 'en',

  bookings: {
    BOOKING_CONFIRMATION: confirmation,
    BOOKING_NOTIFICATION: notification,
    RESCHEDULE_CONFIRMATION: rescheduleConfirmation,
    RESCHEDULE_NOTIFICATION: rescheduleNotification,
    CANCELLATION_CONFIRMATION: cancellationConfirmation,
    CANCELLATION_NOTIFICATION: cancellationNotification,
    MEETING_LINK: meetingLink,
    REMINDER: reminder,
  },

  webhookDisabled: {
    subject: (host) => `Webhook endpoint disabled: ${host}`,
    title: 'A webhook endpoint is disabled',
    opening: 'Deliveries to it failed, so it is sent nothing more until you enable it again.',
    endpoint: 'Endpoint',
    failingSince: 'Failing since',
    lastError: 'Last error',
    enableAgain: 'To enable it again',
    sendWhatItMissed: 'To send it what it missed',
  },

  calendarStale: {
    subject: (account) => `Calendar cannot be read: ${account}`,
    title: 'A calendar cannot be read',
    opening:
      'Nobody can tell any more when it keeps you busy, so none of your times is offered until it can be read again.',
    account: 'Account',
    lastRead: 'Last read',
    never: 'Never',
    lastError: 'Last error',
    readNow: 'To read it now',
  },

  calendarTitle: ({ what, host, invitee }) => `${what}: ${host} and ${invitee}`,
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  duration: (minutes) => {
    const parts = [
      Math.floor(minutes / 60) && count(Math.floor(minutes / 60), 'hour'),
      minutes % 60 && count(minutes % 60, 'minute'),
    ];
    return parts.filter(Boolean).join(' ');
  },
  answer: (place) => `Answer ${place}`,
  yesOrNo: (yes) => (yes ? 'Yes' : 'No'),
  timeFor: (name) => `Time for ${name}`,
  whyReceived: (reader) =>
    ({
      invitee: 'You receive this because this address was given when the meeting was booked.',
      guest: 'You receive this because you were named as a guest when the meeting was booked.',
      owner: 'You receive this because you have an account with LinkTime.',
    })[reader],

  labels: {
    what: 'What',
    when: 'When',
    newTime: 'New time',
    formerTime: 'Former time',
    with: 'With',
    bookedBy: 'Booked by',
    guests: 'Guests',
    where: 'Where',
    meetingLink: 'Meeting link',
    price: 'Price',
    notes: 'Notes',
    reason: 'Reason',
    addToCalendar: 'Add to calendar',
  },
  links: {
    reschedule: 'Reschedule',
    cancel: 'Cancel meeting',
    note: 'Each opens a page; nothing changes until you confirm it there.',
  },
};
