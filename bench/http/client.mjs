// The client, in a process of its own: as many connections as it is told, each with one request under way at a time, by hand
// over sockets, so that the servers get as much of the machine as can be.
import { connect } from 'node:net';

process.on('message', (task) => {
  load(task).then(
    (result) => process.send(result),
    (error) => process.send({ error: error.message }),
  );
});

/**
 * A task: `{ url, requests, connections, milliseconds }`, where each of `requests` is the whole text of a request; they are sent in
 * turn. With `once` each is sent once at most. Answers with `{ answered, milliseconds, latency, unlike }`.
 */
async function load({ url, requests, connections, milliseconds, once = false, expected = 200 }) {
  const { hostname, port } = new URL(url);
  const texts = requests.map((text) => Buffer.from(text));
  let next = 0;
  const state = { answered: 0, latencies: [], unlike: null };
  const begun = performance.now();
  const until = begun + milliseconds;
  const take = () => {
    // One at least, however busy the machine is.
    if ((performance.now() >= until && next > 0) || (once && next === texts.length)) return null;
    const text = texts[next % texts.length];
    next += 1;
    return text;
  };
  await Promise.all(
    Array.from({ length: connections }, () => converse(hostname, Number(port), take, expected, state)),
  );
  const elapsed = performance.now() - begun;
  const sorted = state.latencies.sort((a, b) => a - b);
  return {
    answered: state.answered,
    sent: next,
    milliseconds: elapsed,
    p50: sorted[Math.floor(sorted.length * 0.5)],
    p99: sorted[Math.floor(sorted.length * 0.99)],
    unlike: state.unlike,
  };
}

function converse(host, port, take, expected, state) {
  return new Promise((done, fail) => {
    const socket = connect(port, host);
    socket.setNoDelay(true);
    let sentAt = 0;
    let received = null;
    const send = () => {
      const text = take();
      if (text === null) return socket.destroy();
      sentAt = performance.now();
      socket.write(text);
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      received = received ? Buffer.concat([received, chunk]) : chunk;
      const length = lengthOf(received);
      if (length === null || received.length < length) return;
      const status = Number(received.latin1Slice(9, 12));
      if (status === expected) {
        state.answered += 1;
        state.latencies.push(performance.now() - sentAt);
      } else {
        state.unlike ??= received.toString().slice(0, 2_000);
      }
      received = null;
      send();
    });
    socket.on('error', fail);
    socket.on('close', () => done());
  });
}

const END = Buffer.from('\r\n\r\n');

/** Of the whole answer; null while its head is not complete. */
function lengthOf(bytes) {
  const end = bytes.indexOf(END);
  if (end < 0) return null;
  const match = /content-length: (\d+)/i.exec(bytes.latin1Slice(0, end));
  if (!match) throw new Error(`An answer without a length: ${bytes.latin1Slice(0, end)}`);
  return end + 4 + Number(match[1]);
}
