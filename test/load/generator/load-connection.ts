import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ReplyReader } from './reply-reader.js';
import { checkOf, type PlannedRequest, type ReplyCheck, type RequestPlan } from './request-plan.js';

/** The outcome of one request. */
export type Outcome =
  | { kind: 'ok' }
  | { kind: 'wrong_body' }
  | { kind: 'rejected'; status: number }
  | { kind: 'transport_error' };

const OK: Outcome = { kind: 'ok' };
const WRONG_BODY: Outcome = { kind: 'wrong_body' };
const TRANSPORT_ERROR: Outcome = { kind: 'transport_error' };

/** One keep-alive connection that repeats the same bytes, each time after the last reply. */
export class LoadConnection {
  private readonly plan: RequestPlan;
  private readonly bytes: Buffer;
  private readonly check: ReplyCheck;
  private socket: Socket | undefined;
  private reader = new ReplyReader();
  private done: ((outcome: Outcome) => void) | undefined;

  constructor(plan: RequestPlan, request: PlannedRequest) {
    this.plan = plan;
    this.bytes = bytesOf(plan, request);
    this.check = checkOf(plan.expects, request);
  }

  async open(): Promise<void> {
    const socket = connect({ host: this.plan.host, port: this.plan.port, noDelay: true });
    await once(socket, 'connect');
    this.reader = new ReplyReader();
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.closed(socket));
  }

  /** Whether a request may be sent. */
  get isOpen(): boolean {
    return this.socket !== undefined;
  }

  /** Sends the request. `done` is called once with its outcome. */
  send(done: (outcome: Outcome) => void): void {
    this.done = done;
    if (this.socket) this.socket.write(this.bytes);
    else this.settle(TRANSPORT_ERROR);
  }

  close(): void {
    this.socket?.destroy();
  }

  private received(chunk: Buffer): void {
    try {
      const reply = this.reader.read(chunk);
      if (reply) this.settle(this.classify(reply.status, reply.body));
    } catch {
      this.socket?.destroy();
    }
  }

  private classify(status: number, body: string): Outcome {
    if (status < 200 || status > 299) return { kind: 'rejected', status };
    return this.check(body) ? OK : WRONG_BODY;
  }

  private closed(socket: Socket): void {
    if (this.socket === socket) this.socket = undefined;
    this.settle(TRANSPORT_ERROR);
  }

  private settle(outcome: Outcome): void {
    const { done } = this;
    this.done = undefined;
    done?.(outcome);
  }
}

function bytesOf({ host, port }: RequestPlan, { method, path, body }: PlannedRequest): Buffer {
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n`;
  if (body === undefined) return Buffer.from(`${head}\r\n`);
  const length = Buffer.byteLength(body);
  return Buffer.from(`${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`);
}
