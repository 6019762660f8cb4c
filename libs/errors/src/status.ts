/**
 * The kind of a failure for both transports: the HTTP status that the gateway returns and the gRPC status that a
 * service returns. One table, so that the two always match.
 *
 * The gRPC numbers are those of `google.rpc.Code`. Where HTTP distinguishes more kinds than gRPC (405, 408, 413 …),
 * several rows share a gRPC code, and the error's `reason` distinguishes them.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 * @publicApi
 */
export const Status = {
  CANCELLED: { http: 499, grpc: 1 },
  UNKNOWN: { http: 500, grpc: 2 },
  INVALID_ARGUMENT: { http: 400, grpc: 3 },
  DEADLINE_EXCEEDED: { http: 504, grpc: 4 },
  NOT_FOUND: { http: 404, grpc: 5 },
  ALREADY_EXISTS: { http: 409, grpc: 6 },
  PERMISSION_DENIED: { http: 403, grpc: 7 },
  RESOURCE_EXHAUSTED: { http: 429, grpc: 8 },
  FAILED_PRECONDITION: { http: 412, grpc: 9 },
  ABORTED: { http: 409, grpc: 10 },
  OUT_OF_RANGE: { http: 400, grpc: 11 },
  UNIMPLEMENTED: { http: 501, grpc: 12 },
  INTERNAL: { http: 500, grpc: 13 },
  UNAVAILABLE: { http: 503, grpc: 14 },
  DATA_LOSS: { http: 500, grpc: 15 },
  UNAUTHENTICATED: { http: 401, grpc: 16 },
  METHOD_NOT_ALLOWED: { http: 405, grpc: 12 },
  REQUEST_TIMEOUT: { http: 408, grpc: 4 },
  PAYLOAD_TOO_LARGE: { http: 413, grpc: 3 },
  URI_TOO_LONG: { http: 414, grpc: 3 },
  UNSUPPORTED_MEDIA_TYPE: { http: 415, grpc: 3 },
  RANGE_NOT_SATISFIABLE: { http: 416, grpc: 11 },
  EXPECTATION_FAILED: { http: 417, grpc: 9 },
  UNPROCESSABLE: { http: 422, grpc: 9 },
  HEADERS_TOO_LARGE: { http: 431, grpc: 3 },
  // gRPC uses RESOURCE_EXHAUSTED for sizes too, although a retry cannot succeed.
  REQUEST_TOO_LARGE: { http: 413, grpc: 8 },
  METADATA_TOO_LARGE: { http: 431, grpc: 8 },
  RESPONSE_TOO_LARGE: { http: 500, grpc: 8 },
} as const satisfies Record<string, StatusRow>;

/** One row of the table. */
export interface StatusRow {
  /** HTTP status code. */
  readonly http: number;
  /** gRPC status code, as in `google.rpc.Code`. */
  readonly grpc: number;
}

/** A row of {@link Status}. */
export type Status = (typeof Status)[keyof typeof Status];

/** The row of a gRPC status code, for a reply without a known reason. Unknown codes are UNKNOWN. */
export function statusOfGrpcCode(code: number): Status {
  return byGrpcCode.get(code) ?? Status.UNKNOWN;
}

/** The row of an HTTP status code; unknown 4xx are INVALID_ARGUMENT, anything else is INTERNAL. */
export function statusOfHttpCode(code: number): Status {
  return byHttpCode.get(code) ?? (code >= 400 && code < 500 ? Status.INVALID_ARGUMENT : Status.INTERNAL);
}

const byGrpcCode = firstRowPer('grpc');
const byHttpCode = new Map<number, Status>([
  ...firstRowPer('http'),
  [400, Status.INVALID_ARGUMENT],
  [409, Status.ABORTED],
  [500, Status.INTERNAL],
]);

function firstRowPer(column: keyof StatusRow): Map<number, Status> {
  const rows = new Map<number, Status>();
  for (const row of Object.values(Status)) {
    if (!rows.has(row[column])) rows.set(row[column], row);
  }
  return rows;
}
