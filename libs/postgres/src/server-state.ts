import type { ClientBase } from 'pg';
import { PostgresUnavailableError } from './postgres.errors.js';

/** `transaction_read_only` is also on in a standby. The query reads both, because a role may set it off. */
const READ_ONLY = `
  SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only`;

/**
 * Resolves when the server of this session takes writes.
 *
 * @throws PostgresUnavailableError when it is a standby or read-only
 */
export async function assertWritable(session: ClientBase): Promise<void> {
  const { rows } = await session.query<{ standby: boolean; read_only: boolean }>(READ_ONLY);
  const [state] = rows;
  if (!state?.standby && !state?.read_only) return;
  const what = state.standby ? 'the server is a standby (pg_is_in_recovery)' : 'transaction_read_only is on';
  throw PostgresUnavailableError.readOnly(new Error(what));
}
