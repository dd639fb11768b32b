import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** What is told of a name; `time` counts the questions of this kind about this name from 1. */
export type NameAnswers = (name: string, family: 4 | 6, time: number) => readonly string[];

const TYPES = new Map<number, 4 | 6>([
  [1, 4], // A
  [28, 6], // AAAA
]);

/** A name server on this machine that says whatever a test wants, and may change its mind (RFC 1035). */
export class DnsServer {
  /** The questions so far, such as `4 hooks.example.com`. */
  readonly asked: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answers: NameAnswers,
  ) {
    socket.on('message', (question, from) => this.answer(question, from));
  }

  static async answering(answers: NameAnswers): Promise<DnsServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket, answers);
  }

  /** Host and port. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answer(message: Buffer, from: RemoteInfo): void {
    const { name, endOfName } = readName(message);
    const family = TYPES.get(message.readUInt16BE(endOfName));
    const question = message.subarray(12, endOfName + 4);
    let addresses: readonly string[] = [];
    if (family) {
      this.asked.push(`${family} ${name}`);
      const time = this.asked.filter((asked) => asked === `${family} ${name}`).length;
      addresses = this.answers(name, family, time).filter((address) => isIP(address) === family);
    }

    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2); // the question's id
    header.writeUInt16BE(0x8580, 2); // an answer, with authority
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    this.socket.send(Buffer.concat([header, question, ...addresses.map(record)]), from.port, from.address);
  }
}

/** Labels, each after its length, from the 13th byte on. */
function readName(message: Buffer): { name: string; endOfName: number } {
  const labels: string[] = [];
  let at = 12;
  while (message[at]! > 0) {
    const end = at + 1 + message[at]!;
    labels.push(message.toString('latin1', at + 1, end));
    at = end;
  }
  return { name: labels.join('.').toLowerCase(), endOfName: at + 1 };
}

/** An address of the name in question, not to be remembered. */
function record(address: string): Buffer {
  const bytes = isIP(address) === 4 ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const head = Buffer.from('c00c0000000100000000', 'hex');
  head.writeUInt16BE(isIP(address) === 4 ? 1 : 28, 2);
  return Buffer.concat([head, Buffer.of(0, bytes.length), bytes]);
}

/** Without dotted decimals. */
function ipv6Bytes(address: string): Buffer {
  const [front, back] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - front!.length - (back?.length ?? 0)).fill('0');
  const groups = [...front!, ...zeros, ...(back ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
