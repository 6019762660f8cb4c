import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { experimental } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';
import { CertificateError } from './certificate.error.js';
import type { CertificatePaths } from './certificate-paths.js';

interface Certificates {
  readonly ca: Buffer;
  readonly identity: experimental.IdentityCertificateUpdate | null;
}

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** How often the files are read, in milliseconds. A rotated secret is mounted long before the old one expires. */
const CHECK_INTERVAL_MS = 5000;

/**
 * Certificates from files, reloaded when the files change. An unusable change (half written, or a key of another
 * certificate) is logged, and the old certificates stay in use.
 */
export class CertificateFiles implements experimental.CertificateProvider {
  private readonly logger = new Logger(CertificateFiles.name);
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();
  private readonly timer: NodeJS.Timeout;
  private current: Certificates;

  /** @throws CertificateError when they cannot be used */
  constructor(
    private readonly paths: CertificatePaths,
    everyMs = CHECK_INTERVAL_MS,
  ) {
    this.current = this.read();
    this.timer = setInterval(() => this.check(), everyMs).unref();
  }

  addCaCertificateListener(listener: CaListener): void {
    this.caListeners.add(listener);
    process.nextTick(() => listener({ caCertificate: this.current.ca }));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    process.nextTick(() => listener(this.current.identity));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
  }

  /** Stops watching the files. */
  close(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    try {
      const found = this.read();
      if (isDeepStrictEqual(found, this.current)) return;
      this.current = found;
    } catch (error) {
      this.logger.warn(
        { err: error, ...this.paths },
        'changed certificates cannot be used; the old ones stay',
      );
      return;
    }
    for (const listener of this.caListeners) listener({ caCertificate: this.current.ca });
    for (const listener of this.identityListeners) listener(this.current.identity);
    this.logger.log(this.paths, 'certificates have changed; new connections use them');
  }

  private read(): Certificates {
    const { certFile, keyFile, caFile } = this.paths;
    try {
      const ca = caFile === undefined ? Buffer.from(rootCertificates.join('\n')) : readFileSync(caFile);
      const identity =
        certFile === undefined || keyFile === undefined
          ? null
          : { certificate: readFileSync(certFile), privateKey: readFileSync(keyFile) };
      createSecureContext({ ca, cert: identity?.certificate, key: identity?.privateKey });
      return { ca, identity };
    } catch (error) {
      throw CertificateError.unusable(this.paths, error);
    }
  }
}
