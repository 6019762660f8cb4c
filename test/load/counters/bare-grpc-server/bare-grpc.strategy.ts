import type { MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import {
  type CustomTransportStrategy,
  GrpcMethodStreamingType,
  type MessageHandler,
  ServerGrpc,
} from '@nestjs/microservices';

type Method = MethodDefinition<unknown, unknown>;
type Call = ServerUnaryCall<unknown, unknown>;

/** Nest's gRPC server on the generated definitions, only for unary rpcs: validates, calls the handler, replies. */
export class BareGrpcStrategy extends ServerGrpc implements CustomTransportStrategy {
  private readonly services: readonly ServiceDefinition[];

  constructor(url: string, services: readonly ServiceDefinition[]) {
    super({ url, package: [] });
    this.services = services;
  }

  override async bindEvents(): Promise<void> {
    for (const service of this.services) {
      const methods = Object.entries(service.methods);
      this.grpcClient.addService(
        Object.fromEntries(methods.map(([name, method]) => [name, definitionOf(method)])),
        Object.fromEntries(methods.map(([name, method]) => [name, this.serve(service, method)])),
      );
    }
  }

  private serve(service: ServiceDefinition, method: Method) {
    const streaming = GrpcMethodStreamingType.NO_STREAMING;
    const pattern = { service: service.fullName, rpc: method.name, streaming };
    const handler: MessageHandler | undefined = this.messageHandlers.get(JSON.stringify(pattern));
    // Nest passes the call to a gRPC handler as a third argument, which its type omits.
    const invoke = handler as unknown as (...args: unknown[]) => Promise<unknown>;
    const answer = async (call: Call): Promise<unknown> => {
      if (method.validate(call.request).length > 0) throw new Error('The request is not valid.');
      return invoke(call.request, call.metadata, call);
    };
    return (call: Call, callback: sendUnaryData<unknown>): void => {
      answer(call).then(
        (response) => callback(null, response),
        (error: Error) => callback(error),
      );
    };
  }
}

function definitionOf(method: Method) {
  return {
    path: method.path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: unknown) => Buffer.from(method.request.encode(message).finish()),
    requestDeserialize: (bytes: Buffer) => method.request.decode(bytes),
    responseSerialize: (message: unknown) => bufferOn(method.response.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => method.response.decode(bytes),
  };
}

function bufferOn({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
