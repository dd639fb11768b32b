import type { GoogleEvent } from '../support/google-calendar-state.js';
import { startGoogleServer } from '../support/google-server.js';
import { describeSignedInAccount } from './signed-in-account.contract.js';

describeSignedInAccount('GOOGLE', async () => {
  const google = await startGoogleServer();
  google.accepts = () => true;
  const calendar = google.addCalendar({ summary: 'Work' });
  const startOf = ({ start }: Pick<GoogleEvent, 'start'>) =>
    new Date((start as { dateTime: string }).dateTime).toISOString();
  return {
    url: google.url,
    calendar: 'Work',
    meetingPlace: 'Google Meet',
    keepBusy: (start, end) =>
      void google.addEvent(calendar, { start: { dateTime: start }, end: { dateTime: end } }),
    starts: () => google.events(calendar).map(startOf).toSorted(),
    move(from, start, end) {
      const { id } = google.events(calendar).find((event) => startOf(event) === from)!;
      google.changeEvent(calendar, id, { start: { dateTime: start }, end: { dateTime: end } });
    },
    stop: () => google.stop(),
  };
});
