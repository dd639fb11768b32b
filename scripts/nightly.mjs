// npm run nightly [-- arguments of Jest]: what `npm test` tries briefly, at length. PROPERTY_RUNS says how many agendas each
// property of the slot engine is tried on, CONFORMANCE_SLOTS how many slots of random calendars the conformance suite books.
process.env.PROPERTY_RUNS ??= '20000';
process.env.CONFORMANCE_SLOTS ??= '2000';
process.argv.push(
  '--testTimeout=14400000',
  'slots.property.spec',
  'explanation.property.spec',
  'conformance.test',
);
await import('./test.mjs');
