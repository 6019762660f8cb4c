/** The error model of google.rpc, the content of `grpc-status-details-bin`. */
export { Status as RpcStatus } from './generated/google/rpc/status.js';
export { BadRequest, ErrorInfo, RetryInfo } from './generated/google/rpc/error_details.js';
export { Any } from './generated/google/protobuf/any.js';
