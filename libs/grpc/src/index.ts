export { GrpcChannels } from './grpc.channels.js';
export { GrpcClientModule, type GrpcClientOptions } from './grpc-client.module.js';
export { type GrpcConfig, grpcConfig, upstreamsConfig } from './grpc.config.js';
export {
  GrpcError,
  MalformedMessageError,
  MessageTooLargeError,
  MetadataTooLargeError,
  SlowReaderError,
} from './grpc.errors.js';
export { grpcTransport } from './grpc.transport.js';
export { GrpcErrorFilter } from './grpc-error.filter.js';
export { GrpcModule } from './grpc.module.js';
export { GrpcService, type GrpcServiceOptions } from './grpc-service.decorator.js';
export { fromRpcStatus, toRpcStatus } from './rpc-status.js';
export { CallMerger, type CallMergerOptions } from './call.merger.js';
