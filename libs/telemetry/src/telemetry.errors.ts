import { AppError, Status } from '@app/errors';

/** Labels that Prometheus and its operator add to each target. */
const OF_THE_TARGET = new Set([
  'job',
  'instance',
  'namespace',
  'pod',
  'container',
  'service',
  'endpoint',
  'node',
]);
/** Labels that the text format adds to histograms and summaries. */
const OF_THE_FORMAT = new Set(['le', 'quantile']);

/** A metric has a label that the app must not set. */
export class ReservedLabelError extends AppError {
  static of(metric: string, label: string): ReservedLabelError {
    return new ReservedLabelError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      logLevel: 'fatal',
      message: `The metric ${metric} has the label "${label}", which belongs to Prometheus: a scrape renames it to "exported_${label}", and no rule finds it. Give it another name.`,
    });
  }

  /** @throws ReservedLabelError when one of the labels is reserved */
  static refuse(metric: string, labels: readonly string[] = []): void {
    const taken = labels.find(
      (label) => OF_THE_TARGET.has(label) || OF_THE_FORMAT.has(label) || label.startsWith('__'),
    );
    if (taken !== undefined) throw ReservedLabelError.of(metric, taken);
  }
}
