import type { AtomicStore } from './atomic.store.ts';
import type { S3Request } from './s3-request.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export type Operation = (request: S3Request, store: AtomicStore) => Promise<Reply>;
