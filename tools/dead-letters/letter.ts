/** The replies of the worker, with the field names of ganymede.deadletters.v1. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export interface LetterSummary {
  readonly id: string;
  readonly message_id: string;
  readonly queue: string;
  readonly type?: string;
  readonly reason: string;
  readonly error: string;
  readonly attempts: number;
  readonly first_failed_at: Timestamp | null;
  readonly dead_at: Timestamp | null;
  readonly status: string;
  readonly handled_at: Timestamp | null;
  readonly redrives: number;
  readonly size: number;
}

export interface LetterFailure {
  readonly attempt: number;
  readonly at: Timestamp | null;
  readonly reason: string;
  readonly message: string;
  readonly details?: string;
}

export interface LetterAction {
  readonly action: string;
  readonly actor: string;
  readonly note: string;
  readonly at: Timestamp | null;
}

export interface Letter {
  readonly summary: LetterSummary;
  /** A JSON object. */
  readonly headers: string;
  /** JSON; a text in base64 when the payload is not JSON. */
  readonly payload: string;
  readonly payload_encoding: string;
  readonly errors: readonly LetterFailure[];
  readonly actions: readonly LetterAction[];
  readonly correlation_id?: string;
}

export interface LetterFilter {
  readonly queue?: string;
  readonly reason?: string;
  readonly type?: string;
  readonly since?: Timestamp;
  readonly ids?: { readonly values: readonly string[] };
}
