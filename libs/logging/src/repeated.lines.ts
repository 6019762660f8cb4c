import { RequestContext } from '@app/context';
import { maskText, rootMessage } from '@app/errors';
import { type LogFn, type Logger, pino } from 'pino';

export interface RepeatedLinesOptions {
  /** How long equal lines are counted together, in milliseconds. */
  readonly period: number;
  /** Number of equal lines written in a period; the others are held back and counted. */
  readonly limit: number;
}

type Fields = Record<string, unknown>;

/** Equal lines of one period. */
interface Repetition {
  readonly timer: NodeJS.Timeout;
  /** Logs the number of lines that were held back, if any. */
  readonly report: () => void;
  written: number;
  heldBack: number;
}

/** Number of different lines that are counted at once; the oldest count ends early to make space. */
const MAX_COUNTED = 256;
const MAX_KEY_LENGTH = 200;
/** Ids and numbers: the parts that differ between two lines about the same problem. */
const VARIABLE_PART = /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+/gi;

/**
 * Limits repeated warnings and errors, such as those of each request during an outage. Lines are equal when they have
 * the same level, context, reason and message, apart from numbers and ids. The first line of a period has its stack;
 * the next ones have a `cause` instead; lines beyond the limit are held back. One line at the end of the period reports
 * their number.
 *
 * Lines about a lost or recovered dependency and fatal lines are always written. Access lines bypass this class.
 */
export class RepeatedLines {
  private readonly repetitions = new Map<string, Repetition>();

  constructor(private readonly options: RepeatedLinesOptions) {}

  /** For pino's `hooks.logMethod`. */
  pass(logger: Logger, args: Parameters<LogFn>, method: LogFn, level: number): void {
    const [fields, message] = partsOf(args);
    if (level < WARN || level >= FATAL || fields === undefined || 'dependency' in fields)
      return method.apply(logger, args);
    const key = keyOf(level, fields, message);
    const repetition = this.repetitions.get(key) ?? this.begin(key, logger, method, { fields, message });
    if (repetition.written >= this.options.limit) repetition.heldBack += 1;
    else {
      repetition.written += 1;
      if (repetition.written === 1 || !('err' in fields)) method.apply(logger, args);
      else method.call(logger, withoutStack(fields), message);
    }
  }

  /** Reports the lines held back so far, before the process ends. */
  flush(): void {
    for (const key of this.repetitions.keys()) this.end(key);
  }

  private begin(
    key: string,
    logger: Logger,
    method: LogFn,
    { fields, message }: { fields: Fields; message: string },
  ): Repetition {
    const [oldest] = this.repetitions.keys();
    if (oldest !== undefined && this.repetitions.size >= MAX_COUNTED) this.end(oldest);
    const { period } = this.options;
    // The lines belong to many requests, so their count has no request context.
    const timer = RequestContext.detach(() => setTimeout(() => this.end(key), period).unref());
    const report = () =>
      RequestContext.detach(() =>
        method.call(
          logger,
          {
            ...(fields['context'] !== undefined && { context: fields['context'] }),
            held_back: repetition.heldBack,
            period_ms: period,
          },
          `${repetition.heldBack} more lines like this were held back: ${message}`,
        ),
      );
    const repetition: Repetition = { timer, report, written: 0, heldBack: 0 };
    this.repetitions.set(key, repetition);
    return repetition;
  }

  private end(key: string): void {
    const repetition = this.repetitions.get(key);
    if (!repetition) return;
    clearTimeout(repetition.timer);
    this.repetitions.delete(key);
    if (repetition.heldBack > 0) repetition.report();
  }
}

const WARN = pino.levels.values['warn'] ?? 0;
const FATAL = pino.levels.values['fatal'] ?? Infinity;

/** The fields and the message of a line; Nest's logger always gives both. */
function partsOf([first, second]: readonly unknown[]): [Fields | undefined, string] {
  if (typeof first !== 'object' || first === null) return [undefined, ''];
  const fields = first instanceof Error ? { err: first } : (first as Fields);
  const { err } = fields;
  return [fields, typeof second === 'string' ? second : err instanceof Error ? err.message : ''];
}

function keyOf(level: number, { context, reason }: Fields, message: string): string {
  const text = message.slice(0, MAX_KEY_LENGTH).replace(VARIABLE_PART, '#');
  return `${level} ${String(context)} ${String(reason)} ${text}`;
}

function withoutStack({ err, ...fields }: Fields): Fields {
  return { ...fields, cause: maskText(rootMessage(err)) };
}
