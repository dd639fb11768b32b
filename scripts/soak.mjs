// npm run soak [-- arguments of Jest]: the reliability tests and the race for bookings at length, one after the other; an hour and more. Results are kept
// in bench/results/soak.json.
process.env.SOAK = 'long';
process.argv.push(
  '--runInBand',
  '--testTimeout=14400000',
  '--testPathPatterns=test/reliability|test/api/race',
);
await import('./test.mjs');
