/** The paths of PEM files. */
export interface CertificatePaths {
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
}
