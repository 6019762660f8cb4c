import type { CarefulStore } from './careful.store.ts';
import type { S3Request } from './s3-request.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export type Operation = (request: S3Request, store: CarefulStore) => Promise<Reply>;
