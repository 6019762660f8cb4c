/** How messages come together to a batch. @publicApi */
export interface BatchOptions {
  /** Messages that a handler gets at once, at most. */
  size: number;
  /** How long the first one waits for others, such as `50ms`. */
  wait: string;
}

interface Member<T> {
  readonly item: T;
  done(): void;
  failed(error: unknown): void;
}

/** Gathers what comes in until there is enough of it, or the first one has waited long enough. */
export class BatchCollector<T> {
  private members: Member<T>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param size of a full batch
   * @param waitMs of one that is not full, in milliseconds
   * @param handle deals with a batch; what it makes of it is so for each member
   */
  constructor(
    private readonly size: number,
    private readonly waitMs: number,
    private readonly handle: (items: readonly T[]) => Promise<void>,
  ) {}

  /** Resolves, or rejects, with the batch that the item becomes part of. */
  add(item: T): Promise<void> {
    return new Promise((done, failed) => {
      this.members.push({ item, done, failed });
      if (this.members.length >= this.size) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.waitMs);
    });
  }

  /** Waits for nobody any more. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const members = this.members;
    if (members.length === 0) return;
    this.members = [];
    void this.handle(members.map(({ item }) => item)).then(
      () => members.forEach((member) => member.done()),
      (error: unknown) => members.forEach((member) => member.failed(error)),
    );
  }
}
