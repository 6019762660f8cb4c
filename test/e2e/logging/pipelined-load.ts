import { once } from 'node:events';
import { connect } from 'node:net';

const CONNECTIONS = 8;
const PIPELINE = 16;

/** Sends this many requests as fast as they are answered. Returns the number of successful ones. */
export async function pipelinedLoad(port: number, path: string, requests: number): Promise<number> {
  const each = Math.ceil(requests / CONNECTIONS);
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => oneConnection(port, path, each)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function oneConnection(port: number, path: string, requests: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const request = `GET ${path} HTTP/1.1\r\nhost: load\r\n\r\n`;
  let [sent, answered, succeeded] = [0, 0, 0];
  let rest = '';
  const send = (count: number) => {
    const more = Math.min(count, requests - sent);
    sent += more;
    if (more > 0) socket.write(request.repeat(more));
  };
  send(PIPELINE);
  for await (const chunk of socket) {
    const text = rest + String(chunk);
    const heads = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)];
    const last = heads.at(-1);
    rest = last ? text.slice(last.index + last[0].length).slice(-16) : text.slice(-16);
    answered += heads.length;
    succeeded += heads.filter(([, status]) => status === '200').length;
    if (answered >= requests) break;
    send(heads.length);
  }
  socket.destroy();
  return succeeded;
}
