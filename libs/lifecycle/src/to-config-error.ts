import { ConfigInvalidError } from '@app/config';

/** The address on which a server should listen. */
export interface ListenAddress {
  /** The section of the configuration that sets it. */
  section: string;
  host: string;
  port: number;
}

/** Node.js has the code in its message; gRPC has a text for a name without an address. */
const WRONG_HOST =
  /EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|ENOTFOUND|EAI_AGAIN|Name resolution failed|No addresses resolved/;

/** The error of a server that cannot listen because of its configuration; undefined for every other failure. */
export function toConfigError(
  error: unknown,
  { section, host, port }: ListenAddress,
): ConfigInvalidError | undefined {
  const text = String(error);
  const [reason] = WRONG_HOST.exec(text) ?? [];
  if (reason) {
    const expected = `an address of this machine, such as 0.0.0.0 or 127.0.0.1 (${reason})`;
    return ConfigInvalidError.of([{ path: `${section}.host`, found: host, expected, origin: undefined }]);
  }
  if (!text.includes('EACCES')) return undefined;
  const expected = 'a port that this user may open, such as 1024 and higher (EACCES)';
  return ConfigInvalidError.of([
    { path: `${section}.port`, found: String(port), expected, origin: undefined },
  ]);
}
