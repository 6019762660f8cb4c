/** Where certificates lie, as PEM. */
export interface CertificatePaths {
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
}
