export { Status, type StatusRow, statusOfGrpcCode, statusOfHttpCode } from './status.js';
export { AppError, type AppErrorOptions, type ErrorLogLevel, type Outcome } from './app.error.js';
export {
  CancelledError,
  DeadlineExceededError,
  InternalError,
  outcomeUnknown,
  OutcomeUnknownError,
  ShuttingDownError,
  UpstreamUnavailableError,
  ValidationFailedError,
  type ValidationIssue,
} from './common.errors.js';
export { withoutOutcome } from './without-outcome.js';
export { errorOfRepeated } from './error-of-repeated.js';
export { toAppError } from './to-app-error.js';
export { rootMessage } from './error-chain.js';
export { describeError, type ErrorDescription, maskSecrets } from './describe-error.js';
export { isSecretName, MASK, Masking, type MaskingRules, maskText } from './redaction.js';
