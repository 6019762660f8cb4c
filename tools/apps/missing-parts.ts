import { failingChecks } from './failing-checks.ts';
import { readReport } from './readiness-report.ts';

/** Its checks show every part of the system, and it is ready without most of them. */
const edge = 'gateway';

/** What an app answers at `/readyz`. */
export interface ReadinessReply {
  readonly ready: boolean;
  readonly body: string;
}

/**
 * What is missing until requests to this app are served by the whole system, a line each: the app is not ready, the
 * gateway does not reach something, or calls are refused by an open circuit.
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
