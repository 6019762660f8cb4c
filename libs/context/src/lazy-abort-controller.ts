/**
 * An `AbortController` that exists once somebody has asked for its signal. Most requests are answered without
 * anybody asking, and an `AbortSignal` costs as much as the rest of their context.
 */
export class LazyAbortController {
  private controller: AbortController | undefined;
  private aborted = false;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort();
    return this.controller.signal;
  }

  abort(): void {
    this.aborted = true;
    this.controller?.abort();
  }
}
