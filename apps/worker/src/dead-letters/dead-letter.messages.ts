import {
  DeadLetterAction as ActionMessage,
  DeadLetterActionKind,
  DeadLetterFailure,
  DeadLetter as LetterMessage,
  DeadLetterStatus as StatusMessage,
  DeadLetterSummary as SummaryMessage,
} from '@app/contracts';
import type {
  DeadLetter,
  DeadLetterAction,
  DeadLetterStatus,
  DeadLetterSummary,
  Failure,
} from '@app/messaging';

const STATUSES: Readonly<Record<DeadLetterStatus, StatusMessage>> = {
  dead: StatusMessage.DEAD,
  redriving: StatusMessage.REDRIVING,
  redriven: StatusMessage.REDRIVEN,
  discarded: StatusMessage.DISCARDED,
  resolved: StatusMessage.RESOLVED,
};
const NAMES = new Map(Object.entries(STATUSES).map(([name, message]) => [message, name as DeadLetterStatus]));
const KINDS = { redrive: DeadLetterActionKind.REDRIVE, discard: DeadLetterActionKind.DISCARD } as const;

export function statusOf(message: StatusMessage): DeadLetterStatus {
  return NAMES.get(message) ?? 'dead';
}

export function summaryMessage(letter: DeadLetterSummary): SummaryMessage {
  return SummaryMessage.fromPartial({ ...letter, status: STATUSES[letter.status] });
}

export function letterMessage(letter: DeadLetter): LetterMessage {
  const { correlationId, headers, payload, errors, actions, ...summary } = letter;
  return {
    summary: summaryMessage(summary),
    correlationId,
    headers: JSON.stringify(headers),
    payload,
    errors: errors.map(failureMessage),
    actions: actions.map(actionMessage),
  };
}

export function actionMessage({ action, ...operation }: DeadLetterAction): ActionMessage {
  return ActionMessage.fromPartial({ ...operation, action: KINDS[action] });
}

function failureMessage({ at, details, ...failure }: Failure): DeadLetterFailure {
  return { ...failure, at: new Date(at), details: details && JSON.stringify(details) };
}
