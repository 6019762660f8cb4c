import { readReport } from './readiness-report.ts';

/** The failing checks of an app that is not ready, one per line, from the reply of its `/readyz`. */
export function failingChecks(reply: string): string[] {
  const report = readReport(reply);
  if (!report) return [`/readyz: ${reply.slice(0, 200)}`];
  const failing = Object.entries(report.checks ?? {}).filter(([, { status }]) => status !== 'up');
  const lines = failing.map(
    ([name, { status, needed, message }]) =>
      `${name}: ${status}${needed ? '' : ' (not needed)'}${message ? `, ${message}` : ''}`,
  );
  return report.state === undefined ? lines : [`state: ${report.state}`, ...lines];
}
