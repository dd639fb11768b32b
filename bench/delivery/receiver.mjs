// Who is told, in a process of its own: takes every webhook at once and notes what came when. Asked for a line (the first part of
// the path), it tells how many events came on it since it was asked last, how many came twice, and after how long.
import { createServer } from 'node:http';
import { quantile } from './quantile.mjs';

const lines = new Map();

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(204).end();
    note(request.url, JSON.parse(Buffer.concat(chunks).toString()));
  });
});

function note(path, { id, timestamp }) {
  const line = lineOf(path.split('/', 2)[1]);
  const key = `${path} ${id}`;
  if (line.seen.has(key)) {
    line.doubled += 1;
    return;
  }
  line.seen.add(key);
  line.lags.push(Date.now() - Date.parse(timestamp));
}

function lineOf(name) {
  if (!lines.has(name)) lines.set(name, { seen: new Set(), lags: [], doubled: 0 });
  return lines.get(name);
}

const answers = {
  listen: () =>
    new Promise((listening) =>
      server.listen(0, '127.0.0.1', () => listening({ url: `http://127.0.0.1:${server.address().port}` })),
    ),
  count: ({ line }) => ({ count: lineOf(line).lags.length }),
  take: ({ line }) => {
    const { lags, doubled } = lineOf(line);
    lines.delete(line);
    const sorted = lags.sort((a, b) => a - b);
    return {
      count: sorted.length,
      doubled,
      lag: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? null },
    };
  },
};

process.on('message', async (question) => process.send(await answers[question.what](question)));
