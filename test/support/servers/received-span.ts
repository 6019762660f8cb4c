/** A span as a receiver of traces gets it, whatever the format. */
export interface ReceivedSpan {
  /** The app that made it. */
  service: string;
  traceId: string;
  id: string;
  parentId: string | undefined;
  name: string;
  kind: string;
  /** Milliseconds. */
  duration: number;
  tags: Record<string, unknown>;
  /** The spans of other traces that it belongs to. */
  links: { traceId: string; id: string }[];
}
