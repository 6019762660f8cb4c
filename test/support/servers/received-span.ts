/** A received span, in any format. */
export interface ReceivedSpan {
  /** The app that created it. */
  service: string;
  traceId: string;
  id: string;
  parentId: string | undefined;
  name: string;
  kind: string;
  /** Milliseconds. */
  duration: number;
  tags: Record<string, unknown>;
  /** The spans of other traces to which it is linked. */
  links: { traceId: string; id: string }[];
}
