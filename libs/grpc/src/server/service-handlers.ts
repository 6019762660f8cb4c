import { type MethodDefinition, type ServiceDefinition, violationCount } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import type {
  MethodDefinition as GrpcMethodDefinition,
  Metadata,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { MessageHandler } from '@nestjs/microservices';
import { MessageTooLargeError } from '../grpc.errors.js';
import { asIs, toBuffer } from '../message-bytes.js';
import { decodeRequest } from './decode-request.js';
import { answerOf, sendStream } from './send-stream.js';
import { ServedCall } from './served-call.js';

type Method = MethodDefinition<unknown, unknown>;
/** Nest passes the call to a gRPC handler as a third argument, which its type omits. */
type Invoke = (request: unknown, metadata: Metadata, call: unknown) => Promise<unknown>;
type Call = { metadata: Metadata; request?: Buffer };

/** How much of an Observable may be buffered for its reader, in messages of the largest size. */
const BUFFERED_MESSAGES = 4;

/** The definition of a service for grpc-js: bytes in, bytes out. */
export function bytesOf(service: ServiceDefinition): Record<string, GrpcMethodDefinition<Buffer, Buffer>> {
  const methods = Object.entries(service.methods).map(([name, method]: [string, Method]) => [
    name,
    {
      path: method.path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  ]);
  return Object.fromEntries(methods);
}

/** Implements a service with the handlers that Nest created from its controller. */
export function handlersOf(
  service: ServiceDefinition,
  handlerOf: (method: Method) => MessageHandler | undefined,
  maxMessageSize: number,
): UntypedServiceImplementation {
  const entries = Object.entries(service.methods).flatMap(([name, method]: [string, Method]) => {
    const handler = handlerOf(method);
    return handler ? [[name, serving(handler, method, maxMessageSize)]] : [];
  });
  return Object.fromEntries(entries) as UntypedServiceImplementation;
}

function serving(invoke: Invoke, method: Method, maxMessageSize: number) {
  const encode = (message: unknown) => {
    const bytes = toBuffer(method.response, message);
    if (bytes.byteLength > maxMessageSize) throw MessageTooLargeError.response(method.path, maxMessageSize);
    return bytes;
  };
  return (call: Call): void => {
    const served = ServedCall.of(call.metadata);
    served.handle(async () => {
      const request = method.requestStream
        ? requestsOf(served, method)
        : read(call.request ?? Buffer.alloc(0), method, served);
      const result = await invoke(request, call.metadata, call);
      if (method.responseStream) {
        await sendStream(result, served, encode, BUFFERED_MESSAGES * maxMessageSize);
        served.complete();
      } else served.reply(encode(await answerOf(result, served.signal)));
    });
  };
}

/** Decodes and validates the messages of a stream. An invalid one ends the call, even if the handler catches it. */
async function* requestsOf(served: ServedCall, method: Method): AsyncGenerator<unknown> {
  for await (const bytes of served.requests) {
    let message: unknown;
    try {
      message = read(bytes, method, served);
    } catch (error) {
      served.fail(error);
      throw error;
    }
    yield message;
  }
}

/** @throws MalformedMessageError, ValidationFailedError */
function read(bytes: Buffer, method: Method, { method: { metrics } }: ServedCall): unknown {
  metrics.received.inc();
  const message = decodeRequest<unknown>(bytes, method.request);
  const issues = method.validate(message);
  if (issues.length > 0) throw ValidationFailedError.of(issues, violationCount(issues));
  return message;
}
