import { startGraphServer } from '../support/graph-server.js';
import { describeSignedInAccount } from './signed-in-account.contract.js';

describeSignedInAccount('MICROSOFT', async () => {
  const graph = await startGraphServer();
  graph.accepts = () => true;
  return graph;
});
