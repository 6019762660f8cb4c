import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { CertificateFiles } from './certificate-files.js';
import type { ServerTls } from './tls.schema.js';

/** What a server listens with. */
export function serverCredentials(
  tls: ServerTls | undefined,
  files: CertificateFiles | undefined,
): ServerCredentials {
  if (!tls || !files) return ServerCredentials.createInsecure();
  const required = tls.clientCertificate === 'required';
  // grpc-js asks no client for a certificate when there is no one to check it; its type leaves that out.
  const authorities = (tls.clientCertificate === 'none' ? null : files) as CertificateFiles;
  return experimental.createCertificateProviderServerCredentials(authorities, files, required);
}
