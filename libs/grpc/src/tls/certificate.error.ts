import { Status } from '@app/errors';
import { GrpcError } from '../grpc.errors.js';
import type { CertificatePaths } from './certificate-paths.js';

/** Certificates that cannot be read, or do not belong together. */
export class CertificateError extends GrpcError {
  static unusable({ certFile, keyFile, caFile }: CertificatePaths, cause: unknown): CertificateError {
    const files = [certFile, keyFile, caFile].filter((file) => file !== undefined).join(', ');
    return new CertificateError({
      reason: 'CERTIFICATE_UNUSABLE',
      status: Status.INTERNAL,
      message: `The certificates in ${files} cannot be used: ${(cause as Error).message}. They must be PEM, and the key that of the certificate.`,
      cause,
    });
  }
}
