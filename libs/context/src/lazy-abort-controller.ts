/**
 * Creates its `AbortController` on first use of the signal. Most requests never use it, and an `AbortSignal` costs
 * as much as the rest of their context.
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
