import S3Error from 's3rver/lib/models/error.js';

/** Codes that s3rver does not know. */
const statuses: Readonly<Record<string, number>> = {
  XAmzContentSHA256Mismatch: 400,
  XAmzContentChecksumMismatch: 400,
};

/** An error of S3's own vocabulary; s3rver answers it as XML. */
export class S3Fault extends S3Error {
  constructor(code: string, message: string, detail: Record<string, string> = {}) {
    super(code, message, detail);
    this.status = statuses[code] ?? this.status;
  }
}
