import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { appEnvironment, type ConfigStore } from '@app/config';
import { maskSecrets, maskText } from '@app/errors';
import { listenOrExplain, type Readiness } from '@app/lifecycle';
import type { Metrics } from '@app/telemetry';
import type { ManagementConfig } from './bootstrap.config.js';
import type { BuildInfo } from './build-info.js';

/** The data that the management port shows; readiness and metrics are added once the modules exist. */
export interface ManagementSubject {
  readonly build: BuildInfo;
  readonly store: ConfigStore;
  readiness?: Readiness;
  metrics?: Metrics;
}

/** Requests have no body. Node enforces the time-outs only once per checking interval. Milliseconds. */
const TIME_LIMITS = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** The longest idle time of a connection, in milliseconds; longer than any response takes. */
const IDLE_TIMEOUT_MS = 30_000;

type Reply = { status?: number; type?: string; body: unknown };

/**
 * Serves the probes and metrics of an app on a separate port. It answers before the app is ready, while it drains,
 * and when the main port is overloaded.
 */
export class ManagementServer {
  private readonly server: Server;

  constructor(
    private readonly config: ManagementConfig,
    private readonly subject: ManagementSubject,
  ) {
    this.server = createServer(TIME_LIMITS, (request, response) => void this.answer(request, response));
    // Ends idle connections, including those whose clients do not read.
    this.server.setTimeout(IDLE_TIMEOUT_MS);
    this.server.unref();
  }

  async listen(): Promise<void> {
    const { host, port } = this.config;
    await listenOrExplain('management', { section: 'management', host, port }, async () => {
      this.server.listen(port, host);
      await once(this.server, 'listening');
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status = 200, type = 'application/json', body } = await this.route(request).catch(failed);
    response.writeHead(status, { 'content-type': type, connection: 'close' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  private async route(request: IncomingMessage): Promise<Reply> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'METHOD_NOT_ALLOWED');
    switch (request.url?.split('?', 1)[0]) {
      case '/livez':
        return { body: { status: 'ok' } };
      case '/readyz':
        return this.readyz();
      case '/metrics':
        return this.metrics(request.headers.accept);
      case '/info':
        return {
          body: { ...this.subject.build, node: process.version, uptime_s: Math.round(process.uptime()) },
        };
      case '/config':
        return this.mayReadConfig(request)
          ? { body: maskSecrets(this.subject.store.describe()) }
          : refusal(401, 'UNAUTHENTICATED', 'Send management.token as a bearer token.');
      default:
        return refusal(404, 'ROUTE_NOT_FOUND');
    }
  }

  private mayReadConfig({ headers }: IncomingMessage): boolean {
    const { token } = this.config;
    if (!token) return appEnvironment() === 'development';
    // Digests have equal length, and the time of the comparison does not reveal how much of a guess was right.
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`));
  }

  private async readyz(): Promise<Reply> {
    const report = (await this.subject.readiness?.report()) ?? {
      ready: false,
      state: 'starting',
      checks: {},
    };
    return { status: report.ready ? 200 : 503, body: report };
  }

  private async metrics(accept: string | undefined): Promise<Reply> {
    if (!this.subject.metrics) return refusal(503, 'STARTING');
    const { contentType, body } = await this.subject.metrics.expose(accept);
    return { type: contentType, body };
  }
}

const WHAT_THERE_IS = 'See /livez, /readyz, /metrics, /info and /config.';

function refusal(code: number, reason: string, message = WHAT_THERE_IS): Reply {
  return { status: code, body: { code, reason, message } };
}

function failed(error: unknown): Reply {
  return { status: 500, body: { code: 500, reason: 'INTERNAL', message: maskText(String(error)) } };
}
