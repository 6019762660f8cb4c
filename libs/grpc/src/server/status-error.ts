import { AppError, statusOfGrpcCode } from '@app/errors';
import { status as GrpcCode } from '@grpc/grpc-js';
import { MessageTooLargeError } from '../grpc.errors.js';
import type { WireStatus } from '../wire-status.js';

/**
 * The error for a status that grpc-js created, other than a deadline, which the caller of this function handles.
 * RESOURCE_EXHAUSTED is always a request that is too large: responses are measured where they are encoded.
 */
export function errorOfStatus(
  { code, details }: WireStatus,
  method: string,
  maxMessageSize: number,
): AppError {
  if (code === GrpcCode.RESOURCE_EXHAUSTED) return MessageTooLargeError.request(method, maxMessageSize);
  return new AppError({
    reason: GrpcCode[code] ?? 'UNKNOWN',
    status: statusOfGrpcCode(code),
    message: details,
  });
}
