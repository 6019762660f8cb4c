/** How messages are collected into a batch. @publicApi */
export interface BatchOptions {
  /** Maximum number of messages in a batch. */
  size: number;
  /** How long the first message waits for others, such as `50ms`. */
  wait: string;
}

interface Member<T> {
  readonly item: T;
  done(): void;
  failed(error: unknown): void;
}

/** Collects items until the batch is full or its first item has waited for the maximum time. */
export class BatchCollector<T> {
  private members: Member<T>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param size number of items in a full batch
   * @param waitMs how long a batch that is not full waits, in milliseconds
   * @param handle handles a batch; its result or error is the result of every item
   */
  constructor(
    private readonly size: number,
    private readonly waitMs: number,
    private readonly handle: (items: readonly T[]) => Promise<void>,
  ) {}

  /** Adds an item. Resolves or rejects with the batch that contains it. */
  add(item: T): Promise<void> {
    return new Promise((done, failed) => {
      this.members.push({ item, done, failed });
      if (this.members.length >= this.size) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.waitMs);
    });
  }

  /** Handles the current batch at once, even if it is not full. */
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
