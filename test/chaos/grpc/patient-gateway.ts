import { type AppProcess, startApp } from '../../support/apps/app-process.js';

/** Long time-outs, since these specs do not test how fast a busy machine starts a server. */
const PATIENT = {
  APP__HTTP__DEADLINE: '50s',
  APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: '45s',
  APP__RESILIENCE__POLICIES__GRPC_SERVER__TOTAL_TIMEOUT: '45s',
};

/** A gateway whose calls wait for a grpc-server as long as a test does. */
export function startPatientGateway(env: Record<string, string>): Promise<AppProcess> {
  return startApp('gateway', { env: { ...PATIENT, ...env } });
}

/** The circuits that are not closed, as the gateway's `/readyz` shows them. */
export async function openCircuits(gateway: AppProcess): Promise<unknown> {
  const { notes } = (await gateway.management.get('/readyz')).json<{ notes?: { circuits?: unknown } }>();
  return notes?.circuits ?? {};
}
