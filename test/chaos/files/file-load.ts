import type { Agent } from 'node:http';
import { formOf, generatedFile } from '../../support/assertions/generated-file.js';
import type { HttpClient, HttpReply } from '../../support/network/http-client.js';
import { SteadyLoad } from '../../support/network/steady-load.js';

const SMALL = 40_000;

/** The errors in the README of `s3` for an object store that is down, hangs, or has failed too often. */
const DOCUMENTED =
  /^(503|504) .*"reason":"(UPSTREAM_UNAVAILABLE|OUTCOME_UNKNOWN|CIRCUIT_OPEN|DEADLINE_EXCEEDED)"/;

/** A reply that had begun before the object store failed can only break off. */
const BROKEN_OFF = /^Error: aborted/;

/** A steady mix of uploads and reads, which records the slowest request and the time of the last success. */
export class FileLoad {
  /** The duration of the slowest request, in milliseconds. */
  slowest = 0;
  private readonly load: SteadyLoad;
  private sequence = 0;
  private readonly uploads: string[] = [];

  constructor(
    private readonly http: HttpClient,
    private readonly file: string,
    rate: number,
  ) {
    this.load = new SteadyLoad((agent) => this.timed(agent), { clients: 10, rate });
  }

  get succeeded(): number {
    return this.load.succeeded;
  }

  /** Returns the addresses of the uploads, the number of replies that broke off, and the undocumented failures. */
  async stop(): Promise<{ uploads: string[]; brokenOff: number; undocumented: string[] }> {
    const { failures } = await this.load.stop();
    const others = failures.filter((failure) => !DOCUMENTED.test(failure));
    const undocumented = others.filter((failure) => !BROKEN_OFF.test(failure));
    return { uploads: this.uploads, brokenOff: others.length - undocumented.length, undocumented };
  }

  private async timed(agent: Agent): Promise<HttpReply> {
    const started = performance.now();
    try {
      return await ((this.sequence += 1) % 4 === 0 ? this.upload(agent) : this.read(agent));
    } finally {
      this.slowest = Math.max(this.slowest, performance.now() - started);
    }
  }

  private async upload(agent: Agent): Promise<HttpReply> {
    const { body, headers } = formOf(generatedFile(SMALL));
    const reply = await this.http.post('/api/v1/upload', body, { headers, agent });
    if (reply.status === 201) this.uploads.push(reply.json<{ url: string }>().url);
    return reply;
  }

  private read(agent: Agent): Promise<HttpReply> {
    return this.http.get(this.file, { headers: { range: 'bytes=100-999' }, agent });
  }
}
