import { inspect } from 'node:util';
import { AppError, maskText, Status, toAppError } from '@app/errors';
import type { Logger } from '@nestjs/common';

export interface OutageOptions {
  /** What is unavailable, as the subject of a sentence: `Redis at localhost:6379`. */
  readonly subject: string;
  /** Added to both lines. */
  readonly fields?: object;
  /**
   * Level of both lines. `debug` is for a second connection to a server whose loss the first one logs.
   *
   * @default 'warn'
   */
  readonly level?: 'warn' | 'debug';
  /**
   * Whether this work uses servers that log their own outages (PostgreSQL, Redis, RabbitMQ). Then UNAVAILABLE is
   * logged as `debug`, and any other failure as `level`.
   *
   * @default false
   */
  readonly dependent?: boolean;
}

export interface BackOffOptions {
  /** The pause after the first failure, in milliseconds. */
  readonly first: number;
  /** The longest pause, in milliseconds. */
  readonly longest: number;
}

/**
 * Logs an outage in two lines, whatever the number of attempts: a warning with the reason when the first attempt
 * fails, and the duration when an attempt succeeds. Further failures have level `debug`.
 *
 * A retryable failure is logged with its reason and without a stack; any other with its stack, once.
 *
 * @publicApi
 */
export class OutageLog {
  private began: number | undefined;
  private failures = 0;
  /** The highest level of the lines of this outage. */
  private highestLevel: 'warn' | 'debug' | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly options: OutageOptions,
  ) {}

  get isOngoing(): boolean {
    return this.began !== undefined;
  }

  /** An attempt failed, or a connection was lost. */
  failed(error?: unknown): void {
    this.failures += 1;
    this.began ??= performance.now();
    const { subject, fields } = this.options;
    const reason = reasonOf(error);
    const level = this.levelOf(error);
    if (this.highestLevel === level || this.highestLevel === 'warn') {
      const entry = { ...fields, failures: this.failures, cause: reason };
      return this.logger.debug(entry, `${subject} still fails: ${reason}`);
    }
    this.highestLevel = level;
    const evidence = isCurable(error) ? { cause: reason } : { err: error };
    this.logger[level]({ ...fields, ...evidence }, `${subject} fails and is retried: ${reason}`);
  }

  /** An attempt succeeded. Does nothing when there is no outage. */
  recovered(): void {
    if (this.began === undefined) return;
    const outage = Math.round(performance.now() - this.began);
    const { subject, fields } = this.options;
    const entry = { ...fields, outage_ms: outage, failures: this.failures };
    const level = this.highestLevel === 'warn' ? 'log' : 'debug';
    this.began = undefined;
    this.highestLevel = undefined;
    this.failures = 0;
    this.logger[level](entry, `${subject} works again after ${(outage / 1000).toFixed(1)} s`);
  }

  /** The pause before the next attempt, in milliseconds: doubles with each failure, with jitter below the cap. */
  pause({ first, longest }: BackOffOptions): number {
    const exponent = Math.min(Math.max(this.failures - 1, 0), 30);
    return Math.min(first * 2 ** exponent, longest) * (0.75 + Math.random() / 4);
  }

  private levelOf(error: unknown): 'warn' | 'debug' {
    const { level = 'warn', dependent = false } = this.options;
    const isTheirs = error instanceof AppError && error.status === Status.UNAVAILABLE;
    return dependent && isTheirs ? 'debug' : level;
  }
}

/** Errors of sockets and drivers have a code; the error for several failed addresses has no message of its own. */
function reasonOf(error: unknown): string {
  if (error === undefined || error === null) return 'the connection was closed';
  // Not `instanceof`: an error of a socket may come from another realm than ours.
  if (!Error.isError(error)) return maskText(inspect(error));
  // The message of an AppError says what to do; its cause says what happened.
  const { cause } = error;
  const origin = error instanceof AppError && Error.isError(cause) ? ` (${textOf(cause)})` : '';
  return maskText(`${textOf(error)}${origin}`);
}

function textOf(error: Error): string {
  return error.message || codeOf(error) || error.name;
}

function codeOf(error: object): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

function isCurable(error: unknown): boolean {
  if (error === undefined || error === null) return true;
  if (error instanceof AppError) return error.retryable;
  return (Error.isError(error) && codeOf(error) !== undefined) || toAppError(error).retryable;
}
