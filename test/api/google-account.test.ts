import { startGoogleServer } from '../support/google-server.js';
import { describeSignedInAccount } from './signed-in-account.contract.js';

describeSignedInAccount('GOOGLE', async () => {
  const google = await startGoogleServer();
  google.accepts = () => true;
  const calendar = google.addCalendar({ summary: 'Work' });
  return {
    url: google.url,
    calendar: 'Work',
    meetingPlace: 'Google Meet',
    keepBusy: (start, end) =>
      void google.addEvent(calendar, { start: { dateTime: start }, end: { dateTime: end } }),
    starts: () =>
      google
        .events(calendar)
        .map(({ start }) => new Date((start as { dateTime: string }).dateTime).toISOString())
        .toSorted(),
    stop: () => google.stop(),
  };
});
