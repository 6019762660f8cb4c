import { readFileSync } from 'node:fs';
import {
  type ChannelCredentials,
  Client,
  credentials,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import type { SettingSources } from '../workspace/setting-sources.ts';
import type { Letter, LetterFilter, LetterSummary } from './letter.ts';

const service = 'ganymede.deadletters.v1.DeadLettersService';
/** Time limit of one call, in milliseconds. */
const timeout = 30_000;

interface OperatorAction {
  readonly actor: string;
  readonly note: string;
}

/** The client of the worker for the command line. */
export class LettersClient {
  private readonly client: Client;
  private readonly methods: ServiceDefinition;
  private readonly address: string;

  constructor(address: string, settings: SettingSources) {
    this.address = address;
    this.client = new Client(address, credentialsOf(settings), optionsOf(settings));
    const folder = paths.inClone('proto');
    const definition = loadSync('ganymede/deadletters/v1/deadletters.proto', {
      includeDirs: [folder],
      keepCase: true,
      longs: Number,
      enums: String,
      defaults: true,
    });
    this.methods = definition[service] as ServiceDefinition;
  }

  list(request: { filter: LetterFilter; status: string; limit: number; cursor?: string }) {
    return this.call<{ items: LetterSummary[]; next_cursor?: string }>('List', request);
  }

  get(id: string): Promise<Letter> {
    return this.call('Get', { id });
  }

  handle(method: 'Redrive' | 'Discard', id: string, operation: OperatorAction): Promise<Letter> {
    return this.call(method, { id, ...operation });
  }

  handleMany(
    method: 'RedriveMany' | 'DiscardMany',
    request: OperatorAction & { filter: LetterFilter; limit: number },
  ): Promise<{ count: number }> {
    return this.call(method, request);
  }

  close(): void {
    this.client.close();
  }

  private call<Reply>(method: string, request: object): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = this.methods[method] as MethodDefinition<
      object,
      Reply
    >;
    const deadline = Date.now() + timeout;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline },
        (error, reply) => (reply === undefined ? reject(this.explain(error)) : resolve(reply)),
      );
    });
  }

  private explain(error: ServiceError | null): ToolError {
    const away = error?.code === status.UNAVAILABLE || error?.code === status.DEADLINE_EXCEEDED;
    if (!away) return new ToolError(error?.details ?? 'The worker gave no reply.');
    return new ToolError(`The worker at ${this.address} does not answer.`, {
      evidence: [error.details],
      remedies: [
        'npm start starts all four apps',
        'or set its address: --address HOST:PORT, or APP__UPSTREAMS__WORKER__ADDRESS',
      ],
    });
  }
}

const settingOf = (settings: SettingSources, key: string): string | undefined =>
  settings.user(`upstreams.worker.tls.${key}`)?.value ?? settings.committed(`upstreams.worker.tls.${key}`);

/** The same credentials as the apps use for the worker: TLS if it is configured. */
function credentialsOf(settings: SettingSources): ChannelCredentials {
  const [ca, cert, key] = ['ca_file', 'cert_file', 'key_file'].map((name) => settingOf(settings, name));
  const read = (file: string | undefined): Buffer | null => (file === undefined ? null : readFileSync(file));
  if (ca === undefined && cert === undefined) return credentials.createInsecure();
  return credentials.createSsl(read(ca), read(key), read(cert));
}

function optionsOf(settings: SettingSources): Record<string, string> {
  const name = settingOf(settings, 'server_name');
  return name === undefined ? {} : { 'grpc.ssl_target_name_override': name };
}
