import { z } from 'zod';

const path = z.string().min(1);

/** The server's side: its own certificate, and what it requires of its clients. */
export const serverTls = z
  .strictObject({
    /** PEM: the certificate with its chain, and its key. */
    certFile: path,
    keyFile: path,
    /** PEM: the authorities that may sign client certificates. */
    caFile: path.optional(),
    /** Whether clients must show a certificate. */
    clientCertificate: z.enum(['none', 'optional', 'required']).default('none'),
  })
  .refine(({ caFile, clientCertificate }) => clientCertificate === 'none' || caFile !== undefined, {
    path: ['caFile'],
    error: 'is needed to check the certificates of clients',
  });

/** The client's side: the authorities that it trusts, and its own certificate. */
export const clientTls = z
  .strictObject({
    /** PEM: the authorities that may sign the server's certificate. Unset: the roots of Node.js. */
    caFile: path.optional(),
    certFile: path.optional(),
    keyFile: path.optional(),
    /** The name in the server's certificate, where it differs from the address. */
    serverName: z.string().min(1).optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['keyFile'],
    error: 'a certificate and its key go together',
  });

export type ServerTls = z.output<typeof serverTls>;
export type ClientTls = z.output<typeof clientTls>;
