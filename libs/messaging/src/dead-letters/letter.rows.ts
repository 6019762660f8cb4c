import type { Failure } from '../consume/failure.js';
import type { DeadLetter, DeadLetterAction, DeadLetterStatus, DeadLetterSummary } from './dead-letter.js';

export interface SummaryRow {
  id: string;
  message_id: string;
  queue: string;
  type: string | null;
  reason: string;
  error: string;
  attempts: number;
  first_failed_at: Date;
  dead_at: Date;
  status: DeadLetterStatus;
  handled_at: Date | null;
  redrives: number;
  size: number;
}

export interface LetterRow extends SummaryRow {
  correlation_id: string | null;
  headers: Record<string, unknown>;
  payload: Buffer;
  errors: Failure[];
}

export interface ActionRow {
  id: string;
  letter_id: string;
  message_id: string;
  queue: string;
  reason: string;
  action: DeadLetterAction['action'];
  actor: string;
  note: string;
  request_id: string | null;
  at: Date;
}

export function toSummary(row: SummaryRow): DeadLetterSummary {
  return {
    id: row.id,
    messageId: row.message_id,
    queue: row.queue,
    type: row.type ?? undefined,
    reason: row.reason,
    error: row.error,
    attempts: row.attempts,
    firstFailedAt: row.first_failed_at,
    deadAt: row.dead_at,
    status: row.status,
    handledAt: row.handled_at ?? undefined,
    redrives: row.redrives,
    size: row.size,
  };
}

export function toLetter(row: LetterRow, actions: readonly DeadLetterAction[]): DeadLetter {
  const { headers, payload, errors, correlation_id: correlationId } = row;
  return { ...toSummary(row), correlationId: correlationId ?? undefined, headers, payload, errors, actions };
}

export function toAction(row: ActionRow): DeadLetterAction {
  const { id, letter_id, message_id, request_id, ...others } = row;
  return {
    ...others,
    id: Number(id),
    letterId: letter_id,
    messageId: message_id,
    requestId: request_id ?? undefined,
  };
}
