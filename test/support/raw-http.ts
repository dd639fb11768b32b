import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends bytes on a connection of its own, whatever they are, and resolves with the answers until the server closes it or has
 * nothing more to say for a moment.
 */
export async function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  patienceMs = 300,
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    socket.setTimeout(patienceMs);
  });
  socket.setTimeout(10_000, () => socket.destroy());
  socket.write(bytes);
  await once(socket, 'close');
  return answersIn(Buffer.concat(received).toString('latin1'));
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const endOfHead = rest.indexOf('\r\n\r\n');
    if (endOfHead < 0) throw new Error(`No HTTP answer: ${JSON.stringify(rest)}`);
    const [statusLine = '', ...lines] = rest.slice(0, endOfHead).split('\r\n');
    const headers = new Map(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const start = endOfHead + 4;
    const length = Number(headers.get('content-length') ?? 0);
    answers.push({
      status: Number(statusLine.split(' ')[1]),
      headers,
      body: rest.slice(start, start + length),
    });
    rest = rest.slice(start + length);
  }
  return answers;
}
