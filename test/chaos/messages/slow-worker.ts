import { MessagesServiceDefinition, PurgeMessagesResponse } from '@app/contracts';
import { Server, ServerCredentials } from '@grpc/grpc-js';

/** Replaces the worker for the job that removes messages. It replies when the test calls `answer`. */
export class SlowWorker {
  /** The number of jobs that wait for a reply. */
  get waiting(): number {
    return this.replies.length;
  }

  answered = 0;
  private readonly replies: (() => void)[] = [];
  private prompt = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<SlowWorker> {
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const worker = new SlowWorker(server, port);
    const { path } = MessagesServiceDefinition.methods.purge;
    const Purge = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (reply: PurgeMessagesResponse) =>
        Buffer.from(PurgeMessagesResponse.encode(reply).finish()),
      responseDeserialize: (bytes: Buffer) => PurgeMessagesResponse.decode(bytes),
    };
    server.addService({ Purge }, { Purge: (_call: unknown, reply: Reply) => worker.take(reply) });
    return worker;
  }

  /** Replies to the waiting jobs, and from now on to each job at once. */
  answer(): void {
    this.prompt = true;
    for (const reply of this.replies.splice(0)) reply();
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private take(reply: Reply): void {
    const answer = () => {
      this.answered += 1;
      reply(null, { purged: 0 });
    };
    if (this.prompt) answer();
    else this.replies.push(answer);
  }
}

type Reply = (error: null, reply: PurgeMessagesResponse) => void;
