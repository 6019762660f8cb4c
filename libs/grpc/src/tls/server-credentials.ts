import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { CertificateFiles } from './certificate-files.js';
import type { ServerTls } from './tls.schema.js';

/** The credentials of a server's port. */
export function serverCredentials(
  tls: ServerTls | undefined,
  files: CertificateFiles | undefined,
): ServerCredentials {
  if (!tls || !files) return ServerCredentials.createInsecure();
  const required = tls.clientCertificate === 'required';
  // With null, grpc-js requests no client certificate; its type does not allow null.
  const authorities = (tls.clientCertificate === 'none' ? null : files) as CertificateFiles;
  return experimental.createCertificateProviderServerCredentials(authorities, files, required);
}
