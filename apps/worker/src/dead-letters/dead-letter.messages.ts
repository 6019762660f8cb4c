import {
  DeadLetterAction as ActionMessage,
  DeadLetterActionKind,
  DeadLetterFailure,
  DeadLetterPayloadEncoding,
  type DeadLetterFilter as FilterMessage,
  DeadLetter as LetterMessage,
  DeadLetterStatus as StatusMessage,
  DeadLetterSummary as SummaryMessage,
} from '@app/contracts';
import { readJson } from '@app/json';
import type {
  DeadLetter,
  DeadLetterAction,
  DeadLetterFilter,
  DeadLetterStatus,
  DeadLetterSummary,
  Failure,
} from '@app/messaging';

/** The JSON nesting depth that the parsers of clients can handle. */
const MAX_SHOWN_DEPTH = 512;
const BYTE_ORDER_MARK = /^\uFEFF/;

const STATUSES: Readonly<Record<DeadLetterStatus, StatusMessage>> = {
  dead: StatusMessage.DEAD,
  redriving: StatusMessage.REDRIVING,
  redriven: StatusMessage.REDRIVEN,
  discarded: StatusMessage.DISCARDED,
  resolved: StatusMessage.RESOLVED,
};
const NAMES = Object.keys(STATUSES) as DeadLetterStatus[];
const KINDS = { redrive: DeadLetterActionKind.REDRIVE, discard: DeadLetterActionKind.DISCARD } as const;

export function statusesOf(message: StatusMessage): DeadLetterStatus[] {
  return NAMES.filter((name) => message === StatusMessage.ALL || message === STATUSES[name]);
}

export function filterOf(message: FilterMessage | undefined): DeadLetterFilter {
  return { ...message, ids: message?.ids?.values };
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
    ...payloadOf(payload, summary.size),
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

/** The payload as JSON when it is complete JSON that clients can show unchanged; otherwise in base64. */
function payloadOf(bytes: Buffer, size: number) {
  if (!readJson(bytes, { exactTo: MAX_SHOWN_DEPTH }).fault)
    return {
      payload: bytes.toString('utf8').replace(BYTE_ORDER_MARK, ''),
      payloadEncoding: DeadLetterPayloadEncoding.JSON,
      payloadTruncated: undefined,
    };
  return {
    payload: JSON.stringify(bytes.toString('base64')),
    payloadEncoding: DeadLetterPayloadEncoding.BASE64,
    payloadTruncated: bytes.length < size || undefined,
  };
}
