import { startGoogleServer } from '../support/google-server.js';
import { describeSignedInAccount } from './signed-in-account.contract.js';

describeSignedInAccount('GOOGLE', async () => {
  const google = await startGoogleServer();
  google.accepts = () => true;
  google.addCalendar({ summary: 'Work' });
  return google;
});
