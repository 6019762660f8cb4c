import { AppError, statusOfGrpcCode } from '@app/errors';
import { status as GrpcCode } from '@grpc/grpc-js';
import { MessageTooLargeError } from '../grpc.errors.js';
import type { WireStatus } from '../wire-status.js';

/**
 * What a status means that the transport has made by itself; a deadline is the caller's to report. It limits what it
 * receives alone: what is sent is measured where it is encoded.
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
