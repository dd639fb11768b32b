import type { GraphFields } from '../support/graph-mailbox.js';
import { startGraphServer } from '../support/graph-server.js';
import { describeSignedInAccount } from './signed-in-account.contract.js';

describeSignedInAccount('MICROSOFT', async () => {
  const graph = await startGraphServer();
  graph.accepts = () => true;
  const startOf = ({ start }: GraphFields) =>
    new Date(`${(start as { dateTime: string }).dateTime.slice(0, 19)}Z`).toISOString();
  const inUtc = (instant: string) => instant.slice(0, 19);
  return {
    url: graph.url,
    calendar: 'Calendar',
    meetingPlace: 'Microsoft Teams',
    keepBusy: (start, end) => void graph.add('cal-default', { start: inUtc(start), end: inUtc(end) }),
    starts: () => graph.events('cal-default').map(startOf).toSorted(),
    move(from, start, end) {
      const event = graph.events('cal-default').find((each) => startOf(each) === from)!;
      graph.move(String(event['id']), { start: inUtc(start), end: inUtc(end) });
    },
    stop: () => graph.stop(),
  };
});
