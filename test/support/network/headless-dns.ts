import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Backend, ReadyBackends } from './ready-backends.js';

const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;
/** Flags of an authoritative response to a query with recursion desired. */
const ANSWER_FLAGS = 0x8580;
/** A pointer to the name of the question. */
const SAME_NAME = 0xc00c;

/**
 * A DNS server for headless Services. A name resolves to the addresses of its ready backends, with a TTL of 0, as with
 * CoreDNS in a cluster.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
export class HeadlessDns {
  private constructor(
    private readonly socket: Socket,
    private readonly services: ReadonlyMap<string, ReadyBackends>,
  ) {
    socket.on('message', (query, from) => this.answer(query, from));
  }

  /** @param services the backends of each name, including those that start later */
  static async of(services: Readonly<Record<string, readonly Backend[]>>): Promise<HeadlessDns> {
    const followed = Object.entries(services).map(
      async ([name, backends]) => [name, await ReadyBackends.of(backends)] as const,
    );
    const socket = createSocket('udp4');
    const dns = new HeadlessDns(socket, new Map(await Promise.all(followed)));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return dns;
  }

  /** The address with which grpc-js queries this server for a name. The process also needs `env`. */
  addressOf(name: string, port: number): string {
    return `dns://127.0.0.1:${this.socket.address().port}/${name}:${port}`;
  }

  /** Without it, grpc-js uses the resolver of the system, even when the address names a DNS server. */
  readonly env = { GRPC_NODE_USE_ALTERNATIVE_RESOLVER: 'true' };

  close(): void {
    for (const backends of this.services.values()) backends.close();
    this.socket.close();
  }

  private answer(query: Buffer, from: RemoteInfo): void {
    const { name, type, end } = readQuestion(query);
    const ready = type === TYPE_A ? (this.services.get(name)?.list() ?? []) : [];
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(ANSWER_FLAGS, 2);
    for (const [index, count] of [1, ready.length, 0, 0].entries())
      header.writeUInt16BE(count, 4 + 2 * index);
    const question = query.subarray(HEADER_BYTES, end);
    const records = ready.map(({ host = '127.0.0.1' }) => addressRecord(host));
    this.socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function addressRecord(host: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(SAME_NAME, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(0, 6);
  record.writeUInt16BE(4, 10);
  Buffer.from(host.split('.').map(Number)).copy(record, 12);
  return record;
}
