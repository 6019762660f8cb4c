import type { MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { Type } from '@nestjs/common';
import { EdgeFixture } from '../support/apps/edge-fixture.js';
import type { HttpReply } from '../support/network/http-client.js';
import {
  BodiesServiceDefinition,
  QueriesServiceDefinition,
  RepliesServiceDefinition,
  TemplatesServiceDefinition,
} from './generated/ganymede/conformance/v1/conformance.services.js';
import {
  NotesServiceDefinition,
  ProfilesServiceDefinition,
} from './generated/ganymede/conformance/v1/resources.services.js';

const SERVICES: readonly ServiceDefinition[] = [
  TemplatesServiceDefinition,
  QueriesServiceDefinition,
  BodiesServiceDefinition,
  RepliesServiceDefinition,
  NotesServiceDefinition,
  ProfilesServiceDefinition,
];

/** A method that ran, as `NotesService.Create`, and its request. */
export type Call = readonly [method: string, request: unknown];

export interface RawRequest {
  readonly send: readonly [method: string, url: string];
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An app with the routes of all services of the conformance proto files. Each method returns its request. */
export class ConformanceApp {
  /** Replies of the methods whose reply is not their request. */
  readonly replies = new Map<string, unknown>();
  private readonly calls: Call[] = [];
  private edge: EdgeFixture | undefined;

  async start(): Promise<void> {
    const services = SERVICES.map((definition) => ({ definition, methods: this.echoOf(definition) }));
    this.edge = await EdgeFixture.start({ services });
  }

  async close(): Promise<void> {
    await this.edge?.app.close();
  }

  /** Sends a request. A text or bytes as body are sent as they are. */
  async send({ send: [method, url], body, headers }: RawRequest): Promise<HttpReply> {
    if (!this.edge) throw new Error('the app is not started');
    this.calls.length = 0;
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.edge.http.request(method, url, { body, headers: { ...type, ...headers } });
  }

  /** The calls of the last request. */
  get called(): readonly Call[] {
    return this.calls;
  }

  /** The method with this name, as `NotesService.Create`. */
  static method(name: string): MethodDefinition {
    const [service, rpc] = name.split('.');
    const definition = SERVICES.find((each) => each.name === service);
    const method = Object.values(definition?.methods ?? {}).find((each) => each.name === rpc);
    if (!method) throw new Error(`${name} is no method of the conformance proto files`);
    return method;
  }

  /** A provider that records the requests of all methods of a service. */
  private echoOf(definition: ServiceDefinition): Type<never> {
    class Echo {}
    for (const [key, method] of Object.entries(definition.methods)) {
      const value = (request: unknown) => this.answer(`${definition.name}.${method.name}`, method, request);
      Object.defineProperty(Echo.prototype, key, { value });
    }
    return Echo as Type<never>;
  }

  private answer(name: string, { responseStream }: MethodDefinition, request: unknown): unknown {
    this.calls.push([name, request]);
    const reply = this.replies.get(name) ?? request;
    return responseStream ? streamOf(reply as { count: number }) : Promise.resolve(reply);
  }
}

async function* streamOf({ count }: { count: number }): AsyncGenerator<{ number: number }> {
  for (let number = 1; number <= count; number++) yield await Promise.resolve({ number });
}
