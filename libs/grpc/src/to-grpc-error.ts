import { AppError, Status, statusOfGrpcCode, statusOfHttpCode, toAppError } from '@app/errors';
import { status as GrpcCode } from '@grpc/grpc-js';
import { HttpException } from '@nestjs/common';
import { GrpcException, RpcException } from '@nestjs/microservices';

/**
 * Converts what a handler, guard or pipe threw to the error that the client receives. An `AppError` stays as it is;
 * Nest's own exceptions are mapped by their code; anything else is INTERNAL, and its cause goes to the log only.
 */
export function toGrpcError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = statusOf(thrown);
  if (!status || status.http >= 500) return toAppError(thrown);
  const reason = GrpcCode[status.grpc] ?? 'UNKNOWN';
  return new AppError({ reason, status, message: (thrown as Error).message, cause: thrown });
}

function statusOf(thrown: unknown): Status | undefined {
  if (thrown instanceof GrpcException) return statusOfGrpcCode(thrown.getCode());
  if (thrown instanceof HttpException) return statusOfHttpCode(thrown.getStatus());
  if (!(thrown instanceof RpcException)) return undefined;
  const error = thrown.getError();
  // Nest throws this when a guard returns false.
  if (error === 'Forbidden resource') return Status.PERMISSION_DENIED;
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? statusOfGrpcCode(code) : undefined;
}
