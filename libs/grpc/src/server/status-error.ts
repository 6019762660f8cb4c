import { AppError, DeadlineExceededError, statusOfGrpcCode } from '@app/errors';
import { status as GrpcCode } from '@grpc/grpc-js';
import { MessageTooLargeError } from '../grpc.errors.js';
import type { WireStatus } from '../wire-status.js';

/** What a status means that the transport has made by itself, without a word of ours. */
export function errorOfStatus(
  { code, details }: WireStatus,
  method: string,
  maxMessageSize: number,
): AppError {
  switch (code) {
    case GrpcCode.DEADLINE_EXCEEDED:
      return DeadlineExceededError.of(method);
    case GrpcCode.RESOURCE_EXHAUSTED:
      return MessageTooLargeError.of(method, maxMessageSize);
    default:
      return new AppError({
        reason: GrpcCode[code] ?? 'UNKNOWN',
        status: statusOfGrpcCode(code),
        message: details,
      });
  }
}
