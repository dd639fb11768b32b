// What the vectors show. A scenario names a zone, its first and last day, event types (the first is asked for) and bookings, each
// at a time by the clocks of that zone. Days are found in the world that is handed in, so that the same scenarios serve any year.

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const RAMADAN_BEGINS = ['2027-02-08', '2028-01-28', '2029-01-16', '2030-01-06', '2030-12-26', '2031-12-15'];

/** Open every day of the week, from `09:00-12:00` on. */
function daily(...ranges) {
  return WEEKDAYS.flatMap((day) => ranges.map((range) => ({ day, ...times(range) })));
}

function times(range) {
  const [start, end] = range.split('-');
  return { start, end };
}

export function scenarios({ change, next, firstOf, dateOf }) {
  /** The day before, the day and the day after a change of the clocks; any three days if they change no more. */
  const around = (zone, direction) => {
    const day = change(zone, direction) ?? next('SUNDAY');
    return [day - 1, day + 1];
  };
  const atChange = (zone, direction, scenario) => ({ zone, days: around(zone, direction), ...scenario });
  const monday = next('MONDAY');
  const ramadan = firstOf(RAMADAN_BEGINS) ?? monday;
  const on = (day, time) => `${dateOf(day)}T${time}`;

  return [
    atChange('America/New_York', 'forward', {
      name: 'new-york-forward',
      shows:
        'An opening that crosses the night on which clocks go forward is an hour shorter; asked from London.',
      asked: { timezone: 'Europe/London' },
      types: [{ availability: daily('01:00-05:00') }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-hours-begin-in-the-gap',
      shows: 'An opening that begins at a time the clocks skip begins later by the length of the gap.',
      types: [{ availability: daily('02:30-05:00') }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-hours-end-in-the-gap',
      shows: 'An opening that ends at a time the clocks skip ends later by the length of the gap.',
      types: [{ availability: daily('00:30-02:30'), durationMinutes: 20 }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-hours-inside-the-gap',
      shows: 'An opening that lies wholly in the skipped hour comes an hour later.',
      types: [{ availability: daily('02:00-03:00') }],
    }),
    atChange('America/New_York', 'backward', {
      name: 'new-york-backward',
      shows: 'Where clocks show an hour twice, two slots share their date and time and differ in startTime.',
      types: [{ availability: daily('00:30-03:00') }],
    }),
    atChange('America/New_York', 'backward', {
      name: 'new-york-hours-begin-in-the-overlap',
      shows:
        'An opening that begins at a time the clocks show twice begins at the first of the two, and ends so.',
      types: [{ availability: daily('01:00-01:30', '01:45-04:00'), durationMinutes: 15 }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-day-of-23-hours',
      shows: 'A day that is open from 00:00 to 24:00 has 23 hours when clocks go forward.',
      types: [{ availability: daily('00:00-24:00'), durationMinutes: 60 }],
    }),
    atChange('America/New_York', 'backward', {
      name: 'new-york-day-of-25-hours',
      shows: 'A day that is open from 00:00 to 24:00 has 25 hours when clocks go back.',
      types: [{ availability: daily('00:00-24:00'), durationMinutes: 60 }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-meeting-over-the-change',
      shows: 'A meeting takes as long as it takes, whatever the clocks show at its end.',
      types: [{ availability: daily('00:00-07:00'), durationMinutes: 240, slotIntervalMinutes: 45 }],
    }),
    atChange('America/New_York', 'forward', {
      name: 'new-york-weeks-from-kolkata',
      shows: 'Seen from a zone without changes, office hours shift by an hour.',
      asked: { timezone: 'Asia/Kolkata' },
      types: [{ availability: daily('09:00-11:00', '15:00-17:00') }],
    }),
    atChange('Europe/London', 'forward', {
      name: 'london-forward',
      shows: 'From GMT to summer time at one o’clock; asked from Kolkata, half an hour off.',
      asked: { timezone: 'Asia/Kolkata' },
      types: [{ availability: daily('00:00-03:00') }],
    }),
    atChange('Europe/London', 'backward', {
      name: 'london-backward',
      shows: 'From summer time back to GMT, with a booking in the second of the two equal hours.',
      types: [{ availability: daily('00:00-03:00') }],
      bookings: [{ at: on(change('Europe/London', 'backward'), '02:00') }],
    }),
    atChange('Australia/Lord_Howe', 'forward', {
      name: 'lord-howe-forward',
      shows:
        'Clocks that go forward by half an hour; asked from Sydney, which changes by an hour that night.',
      asked: { timezone: 'Australia/Sydney' },
      types: [{ availability: daily('01:00-04:00') }],
    }),
    atChange('Australia/Lord_Howe', 'backward', {
      name: 'lord-howe-backward',
      shows: 'Clocks that go back by half an hour show that half hour twice.',
      types: [{ availability: daily('01:00-04:00'), durationMinutes: 20 }],
    }),
    {
      name: 'kathmandu',
      shows: 'A zone of UTC+05:45 without changes; asked from New York, where it is the day before.',
      zone: 'Asia/Kathmandu',
      days: [monday, monday + 2],
      asked: { timezone: 'America/New_York' },
      types: [{ availability: daily('06:15-09:00', '20:00-22:00') }],
    },
    atChange('Pacific/Chatham', 'forward', {
      name: 'chatham-forward',
      shows: 'UTC+12:45 becomes UTC+13:45 at a quarter to three.',
      asked: { timezone: 'Pacific/Auckland' },
      types: [{ availability: daily('02:00-05:00') }],
    }),
    atChange('Pacific/Chatham', 'backward', {
      name: 'chatham-backward',
      shows: 'UTC+13:45 becomes UTC+12:45 at a quarter to four.',
      types: [{ availability: daily('02:00-05:00') }],
    }),
    atChange('America/St_Johns', 'forward', {
      name: 'st-johns-forward',
      shows: 'Clocks of UTC−03:30 go forward; asked in UTC.',
      asked: { timezone: 'UTC' },
      types: [{ availability: daily('01:00-04:00') }],
    }),
    atChange('America/St_Johns', 'backward', {
      name: 'st-johns-backward',
      shows: 'Clocks go back to UTC−03:30.',
      types: [{ availability: daily('00:30-03:30') }],
    }),
    {
      name: 'casablanca-ramadan',
      shows:
        'Morocco keeps its clocks as the present zone data say, about the beginning of Ramadan; asked from Paris. Old data are an hour off.',
      zone: 'Africa/Casablanca',
      days: [ramadan - 1, ramadan + 20],
      asked: { timezone: 'Europe/Paris' },
      types: [{ availability: daily('09:00-11:00') }],
    },
    atChange('America/Havana', 'forward', {
      name: 'havana-forward',
      shows: 'Clocks that skip the hour after midnight: the day begins at one o’clock.',
      types: [{ availability: daily('00:00-03:00', '22:00-24:00') }],
    }),
    atChange('America/Havana', 'backward', {
      name: 'havana-backward',
      shows: 'Clocks that show the hour after midnight twice: the day begins with the first.',
      types: [{ availability: daily('00:00-03:00', '23:00-24:00') }],
    }),
    atChange('America/Santiago', 'backward', {
      name: 'santiago-backward',
      shows: 'Clocks that go back at midnight show the last hour of the day before twice.',
      types: [{ availability: daily('00:00-01:30', '22:30-24:00') }],
    }),
    atChange('Africa/Cairo', 'forward', {
      name: 'cairo-forward',
      shows: 'Midnight does not exist: 24:00 of the day before and 00:00 of the day are the same instant.',
      asked: { timezone: 'Asia/Tokyo' },
      types: [{ availability: daily('00:00-02:00', '22:00-24:00') }],
    }),
    atChange('Antarctica/Troll', 'forward', {
      name: 'troll-forward',
      shows: 'Clocks that go forward by two hours.',
      types: [{ availability: daily('00:00-06:00'), durationMinutes: 60 }],
    }),
    {
      name: 'kiritimati-from-pago-pago',
      shows: 'Schedule and invitee are 25 hours apart: two dates are between them.',
      zone: 'Pacific/Kiritimati',
      days: [monday, monday + 1],
      asked: { timezone: 'Pacific/Pago_Pago' },
      types: [{ availability: daily('00:00-02:00', '12:00-14:00', '23:00-24:00') }],
    },
    {
      name: 'until-midnight',
      shows:
        'An opening until 24:00 and one from 00:00 have a grid each; no slot crosses from one into the other.',
      zone: 'Asia/Kolkata',
      days: [monday, monday + 1],
      types: [
        { availability: daily('22:30-24:00', '00:00-01:00'), durationMinutes: 40, slotIntervalMinutes: 25 },
      ],
    },
    {
      name: 'grids',
      shows:
        'The grid begins anew at each opening and steps by the interval; a slot that does not fit is left out.',
      zone: 'Europe/Berlin',
      days: [monday, monday],
      types: [
        {
          availability: daily('09:10-11:05', '13:00-13:44', '14:00-15:00'),
          durationMinutes: 45,
          slotIntervalMinutes: 20,
        },
      ],
    },
    {
      name: 'touching',
      shows:
        'Without buffers meetings may touch; a booking off another grid takes every slot that it overlaps.',
      zone: 'Europe/Berlin',
      days: [monday, monday],
      types: [
        { availability: daily('09:00-13:00') },
        { availability: daily('09:45-13:00'), durationMinutes: 20, slotIntervalMinutes: 5 },
      ],
      bookings: [{ at: on(monday, '09:30') }, { type: 1, at: on(monday, '11:20') }],
    },
    {
      name: 'buffers',
      shows:
        'Blocked stretches never overlap: buffers of both meetings count, and they may reach out of the opening.',
      zone: 'America/Sao_Paulo',
      days: [monday, monday],
      types: [
        { availability: daily('09:00-17:00'), bufferBefore: 10, bufferAfter: 15, slotIntervalMinutes: 15 },
        {
          availability: daily('08:00-17:00'),
          durationMinutes: 60,
          bufferBefore: 20,
          slotIntervalMinutes: 60,
        },
      ],
      bookings: [
        { type: 1, at: on(monday, '12:00') },
        { at: on(monday, '09:00') },
        { at: on(monday, '15:15') },
      ],
    },
    {
      name: 'buffers-over-midnight',
      shows: 'A booking of the day before reaches into the day asked for with its buffer.',
      zone: 'Europe/Madrid',
      days: [monday + 1, monday + 1],
      types: [
        { availability: daily('00:00-03:00') },
        { availability: daily('22:00-24:00'), bufferAfter: 95 },
      ],
      bookings: [{ type: 1, at: on(monday, '23:30') }],
    },
    {
      name: 'daily-limit',
      shows:
        'A day is that of the schedule’s zone, not of UTC nor of the invitee; other event types do not count.',
      zone: 'Pacific/Auckland',
      days: [monday, monday + 2],
      asked: { timezone: 'America/Los_Angeles' },
      types: [
        { availability: daily('09:00-15:00'), dailyLimit: 2, durationMinutes: 60 },
        { availability: daily('09:00-15:00'), durationMinutes: 60 },
      ],
      bookings: [
        { at: on(monday, '09:00') },
        { at: on(monday, '14:00') },
        { at: on(monday + 1, '10:00') },
        { type: 1, at: on(monday + 1, '12:00') },
      ],
    },
    {
      name: 'weekly-limit',
      shows: 'A week is Monday to Sunday in the schedule’s zone.',
      zone: 'Asia/Tokyo',
      days: [monday - 2, monday + 2],
      types: [{ availability: daily('00:00-02:00', '09:00-10:00'), weeklyLimit: 2, durationMinutes: 60 }],
      bookings: [
        { at: on(monday - 3, '09:00') },
        { at: on(monday - 1, '09:00') },
        { at: on(monday, '00:00') },
      ],
    },
    {
      name: 'overrides',
      shows:
        'An override replaces its date: it closes a day, gives it other hours, or opens one that is closed.',
      zone: 'Europe/Berlin',
      days: [monday, monday + 6],
      types: [
        {
          availability: daily('09:00-11:00').filter(({ day }) => day !== 'SATURDAY' && day !== 'SUNDAY'),
          overrides: [
            { date: dateOf(monday), intervals: [] },
            { date: dateOf(monday + 2), intervals: [times('10:15-11:30'), times('23:00-24:00')] },
            { date: dateOf(monday + 5), intervals: [times('08:00-09:00')] },
          ],
        },
      ],
    },
    atChange('America/Halifax', 'forward', {
      name: 'override-at-the-change',
      shows: 'The hours of an override are resolved by the clocks of its date as weekly hours are.',
      types: [
        {
          availability: daily('12:00-13:00'),
          overrides: [
            { date: dateOf(change('America/Halifax', 'forward')), intervals: [times('01:00-04:00')] },
          ],
        },
      ],
    }),
  ];
}
