import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';

const nothing = (): void => undefined;
const child = {
  inc: nothing,
  dec: nothing,
  set: nothing,
  reset: nothing,
  observe: nothing,
  startTimer: () => nothing,
};
const metric = { ...child, labels: () => child };

/** Counts nothing, since the bare variant must run without metrics. */
@Injectable()
export class NoMetrics extends Metrics {
  override counter = () => metric as never;
  override gauge = () => metric as never;
  override histogram = () => metric as never;
}
