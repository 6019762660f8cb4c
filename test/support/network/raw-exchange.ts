import { connect } from 'node:net';

/** A reply as it was received. */
export interface RawReply {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Sends bytes that no HTTP client would send, and reads until the server ends the connection. */
export async function rawExchange(port: number, bytes: string): Promise<RawReply> {
  const socket = connect({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  const text = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(bytes);
  });
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => line.split(/:\s*/, 2) as [string, string]);
  const lowered = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(lowered), body };
}
