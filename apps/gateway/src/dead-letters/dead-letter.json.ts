import {
  type DeadLetter,
  type DeadLetterAction,
  DeadLetterActionKind,
  type DeadLetterFailure,
  DeadLetterPayloadEncoding,
  DeadLetterStatus,
  DeadLetterSummary,
} from '@app/contracts';

/** A dead letter in a list. */
export function summaryJson(summary: DeadLetterSummary): Record<string, unknown> {
  return {
    id: summary.id,
    message_id: summary.messageId,
    queue: summary.queue,
    type: summary.type ?? null,
    reason: summary.reason,
    error: summary.error,
    attempts: summary.attempts,
    first_failed_at: summary.firstFailedAt,
    dead_at: summary.deadAt,
    status: DeadLetterStatus[summary.status].toLowerCase(),
    handled_at: summary.handledAt ?? null,
    redrives: summary.redrives,
    size: summary.size,
  };
}

/** A single dead letter with its headers and payload. */
export function letterJson(letter: DeadLetter): Record<string, unknown> {
  const { summary = DeadLetterSummary.create(), headers, errors, actions } = letter;
  return {
    ...summaryJson(summary),
    correlation_id: letter.correlationId ?? null,
    headers: JSON.parse(headers) as unknown,
    payload: JSON.parse(letter.payload) as unknown,
    payload_encoding: DeadLetterPayloadEncoding[letter.payloadEncoding].toLowerCase(),
    ...(letter.payloadTruncated && { payload_truncated: true }),
    errors: errors.map(failureJson),
    actions: actions.map(actionJson),
  };
}

export function actionJson({ action, ...operation }: DeadLetterAction): Record<string, unknown> {
  return {
    id: operation.id,
    letter_id: operation.letterId,
    message_id: operation.messageId,
    queue: operation.queue,
    reason: operation.reason,
    action: DeadLetterActionKind[action].toLowerCase(),
    actor: operation.actor,
    note: operation.note,
    at: operation.at,
    request_id: operation.requestId ?? null,
  };
}

function failureJson({ details, ...failure }: DeadLetterFailure): Record<string, unknown> {
  return { ...failure, ...(details !== undefined && { details: JSON.parse(details) as unknown }) };
}
