import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePort } from '../../support/network/free-port.js';

/** Serves one document, which the test may change. It may be unavailable. */
export class ConfigServer {
  document: unknown = {};
  /** The number of reads since it was opened. */
  reads = 0;
  private server: Server | undefined;

  private constructor(private readonly port: number) {}

  /** A server that is not open yet. */
  static async away(): Promise<ConfigServer> {
    return new ConfigServer(await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/gateway.json`;
  }

  async open(): Promise<void> {
    this.reads = 0;
    this.server = createServer((_request, response) => {
      this.reads += 1;
      response.end(JSON.stringify(this.document));
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    if (!this.server) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    this.server = undefined;
  }
}
