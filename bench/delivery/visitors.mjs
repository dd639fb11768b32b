// Who asks the API meanwhile, in a process of its own: at a rate that does not wait for answers. A request's time counts from the
// moment it was meant to be sent, so that a server that stalls is not spared the requests that queue up before it.
import { Agent, request } from 'node:http';
import { quantile } from './quantile.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let visit = null;

const answers = {
  /** `{ url, kinds }`, each kind with `perSecond` and `asks`: `{ method, path, headers, body, expected }`, sent in turn. */
  begin: ({ url, kinds }) => {
    const begun = performance.now();
    visit = {
      kinds: kinds.map((kind) => ({ ...kind, sent: 0, times: [], unlike: null })),
      underWay: new Set(),
    };
    visit.timer = setInterval(() => {
      for (const kind of visit.kinds) {
        while (kind.sent < kind.asks.length) {
          const due = begun + (kind.sent * 1_000) / kind.perSecond;
          if (due > performance.now()) break;
          const asked = ask(url, kind, due).finally(() => visit.underWay.delete(asked));
          visit.underWay.add(asked);
        }
      }
    }, 1);
    return {};
  },
  /** Sends nothing more, and tells of each kind how many were answered as expected, and how long that took. */
  end: async () => {
    clearInterval(visit.timer);
    await Promise.all(visit.underWay);
    return Object.fromEntries(
      visit.kinds.map(({ name, sent, times, unlike }) => {
        const sorted = times.sort((a, b) => a - b);
        return [name, { sent, unlike, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }];
      }),
    );
  },
};

function ask(url, kind, due) {
  const { method, path, headers, body, expected } = kind.asks[kind.sent];
  kind.sent += 1;
  return new Promise((done) => {
    const asked = request(url + path, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        kind.times.push(performance.now() - due);
        if (response.statusCode !== expected) kind.unlike ??= Buffer.concat(chunks).toString();
        done();
      });
    });
    asked.on('error', (error) => {
      kind.unlike ??= String(error);
      done();
    });
    asked.end(body);
  });
}

process.on('message', async (question) => process.send(await answers[question.what](question)));
