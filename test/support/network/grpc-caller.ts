import type { MethodDefinition } from '@app/contracts';
import { Client, type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';

/** The messages of a stream that only the server ends. */
export interface StandingStream {
  readonly messages: Buffer[];
  /** Resolves when it has ended, with the error if it was one. */
  readonly ended: Promise<ServiceError | undefined>;
}

const raw = (bytes: Buffer) => bytes;
const NOTHING = Buffer.alloc(0);
/** `{ list_services: "*" }` */
const LIST_SERVICES = Buffer.from([0x3a, 0x01, 0x2a]);

/** A plain gRPC client for an app's port, without the features of our own clients. */
export class GrpcCaller {
  private readonly client: Client;

  constructor(port: number) {
    // Callers with the same options would otherwise share one connection.
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  /** @throws ServiceError */
  call<Request, Response>(
    { path, request: requests, response: responses }: MethodDefinition<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const serialize = (message: Request) => Buffer.from(requests.encode(message).finish());
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        serialize,
        (bytes) => responses.decode(bytes),
        request,
        (error, response) =>
          response === undefined ? reject(error ?? new Error('no reply')) : resolve(response),
      );
    });
  }

  /** The number of the health status: 1 is SERVING, 2 is NOT_SERVING. */
  async check(): Promise<number | undefined> {
    const reply = await new Promise<Buffer>((resolve, reject) => {
      this.client.makeUnaryRequest('/grpc.health.v1.Health/Check', raw, raw, NOTHING, (error, bytes) =>
        bytes === undefined ? reject(error ?? new Error('no reply')) : resolve(bytes),
      );
    });
    return reply.at(-1);
  }

  /** Watches the health. Each message ends with the number of the status. */
  watch(): StandingStream {
    return standing(this.client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', raw, raw, NOTHING));
  }

  /** Requests the list of services, and leaves the stream open in both directions. */
  reflect(): StandingStream {
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const stream = this.client.makeBidiStreamRequest(path, raw, raw, new Metadata());
    stream.write(LIST_SERVICES);
    return standing(stream);
  }

  close(): void {
    this.client.close();
  }
}

function standing(stream: ClientReadableStream<Buffer>): StandingStream {
  const messages: Buffer[] = [];
  stream.on('data', (message: Buffer) => messages.push(message));
  const ended = new Promise<ServiceError | undefined>((resolve) => {
    stream.once('error', (error) => resolve(error as ServiceError)).once('end', () => resolve(undefined));
  });
  return { messages, ended };
}
