import { z } from 'zod';

const path = z.string().min(1);

/** A server's side: what it proves itself with, and what it asks of its clients. */
export const serverTls = z
  .strictObject({
    /** PEM: the certificate and what leads to its root, and its key. */
    certFile: path,
    keyFile: path,
    /** PEM: who may sign the certificates of clients. */
    caFile: path.optional(),
    /** Whether clients must show a certificate. */
    clientCertificate: z.enum(['none', 'optional', 'required']).default('none'),
  })
  .refine(({ caFile, clientCertificate }) => clientCertificate === 'none' || caFile !== undefined, {
    path: ['caFile'],
    error: 'is needed to check the certificates of clients',
  });

/** A client's side: whom it trusts, and what it proves itself with. */
export const clientTls = z
  .strictObject({
    /** PEM: who may sign the server's certificate; none: the roots that Node.js brings. */
    caFile: path.optional(),
    certFile: path.optional(),
    keyFile: path.optional(),
    /** The name in the server's certificate, where it is not that of the address. */
    serverName: z.string().min(1).optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['keyFile'],
    error: 'a certificate and its key go together',
  });

export type ServerTls = z.output<typeof serverTls>;
export type ClientTls = z.output<typeof clientTls>;
