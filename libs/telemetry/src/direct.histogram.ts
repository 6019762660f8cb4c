import { Histogram, type LabelValues } from 'prom-client';

/** A sample of prom-client: one combination of labels. */
interface Sample {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly bucketValues: Record<string, number>;
  sum: number;
  count: number;
}

/** Parts of prom-client's histogram that its types leave out. */
interface Internals {
  readonly labelNames: readonly string[];
  readonly upperBounds: readonly number[];
  /** The samples, by a key made of all their labels. */
  readonly hashMap: Readonly<Record<string, Sample | undefined>>;
}

/** A histogram whose children keep a reference to their sample, like those of `DirectCounter`. */
export class DirectHistogram<T extends string> extends Histogram<T> {
  /**
   * The names of the buckets, computed once. To convert a number for each observation would cost more than all the
   * rest.
   */
  private readonly bucketNames = this.own.upperBounds.map(String);

  override labels(...labels: [LabelValues<T>] | string[]): Histogram.Internal<T> {
    const child = super.labels(...(labels as string[]));
    const values = this.labelsOf(labels);
    let key = '';
    return {
      ...child,
      observe: (value) => {
        const sample = this.own.hashMap[key];
        if (sample && Number.isFinite(value)) return this.add(sample, value);
        child.observe(value);
        key = this.keyOf(values);
      },
    };
  }

  /** The labels of a child, passed in either form. */
  protected labelsOf(labels: [LabelValues<T>] | string[]): Record<string, string | number> {
    const [first = {}] = labels;
    if (typeof first === 'object') return first as Record<string, string | number>;
    return Object.fromEntries(
      (labels as string[]).map((value, index) => [this.own.labelNames[index] ?? '', value]),
    );
  }

  private add(sample: Sample, value: number): void {
    sample.sum += value;
    sample.count += 1;
    const { upperBounds } = this.own;
    let index = 0;
    while (index < upperBounds.length && value > (upperBounds[index] ?? 0)) index += 1;
    // Beyond the last bound there is no bucket: `+Inf` is the count.
    const bucket = this.bucketNames[index];
    if (bucket !== undefined) sample.bucketValues[bucket] = (sample.bucketValues[bucket] ?? 0) + 1;
  }

  private keyOf(values: Readonly<Record<string, unknown>>): string {
    const { labelNames, hashMap } = this.own;
    const same = (sample: Sample | undefined) =>
      labelNames.every((name) => sample?.labels[name] === values[name]);
    return Object.keys(hashMap).find((key) => same(hashMap[key])) ?? '';
  }

  private get own(): Internals {
    return this as unknown as Internals;
  }
}
