import { type ChannelCredentials, credentials, experimental } from '@grpc/grpc-js';
import type { CertificateFiles } from './certificate-files.js';
import type { ClientTls } from './tls.schema.js';

/** The credentials of a client's connections. */
export function clientCredentials(
  tls: ClientTls | undefined,
  files: CertificateFiles | undefined,
): ChannelCredentials {
  if (!tls || !files) return credentials.createInsecure();
  const identity = tls.certFile === undefined ? null : files;
  return experimental.createCertificateProviderChannelCredentials(files, identity);
}
