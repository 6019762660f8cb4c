import { failingChecks } from './failing-checks.ts';
import { readReport } from './readiness-report.ts';

/** Its checks cover every part of the system; most of them are optional for its readiness. */
const edge = 'gateway';

/** The reply of an app's `/readyz`. */
export interface ReadinessReply {
  readonly ready: boolean;
  readonly body: string;
}

/**
 * The reasons, one per line, why the whole system cannot serve requests to this app yet: the app is not ready, the
 * gateway does not reach a part, or an open circuit rejects calls.
 *
 * @param reply undefined when the management port does not answer
 */
export function missingParts(app: string, reply: ReadinessReply | undefined): string[] {
  if (!reply) return [`${app}: its management port does not answer`];
  const { checks = {}, notes } = readReport(reply.body) ?? {};
  if (!reply.ready) return failingChecks(reply.body).map((line) => `${app}: ${line}`);
  const down = Object.entries(checks).filter(([, { status }]) => app === edge && status !== 'up');
  return [
    ...down.map(([name, { message }]) => `${app}: ${name} is down${message ? `, ${message}` : ''}`),
    ...Object.entries(notes?.circuits ?? {}).map(
      ([target, condition]) => `${app}: the circuit of ${target} is ${condition}`,
    ),
  ];
}
