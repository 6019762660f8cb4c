import { readdirSync } from 'node:fs';
import type { HttpClient, HttpReply } from '../support/network/http-client.js';

/** The gateway routes of a slice, for the specs that check the same behaviour on every route. */
export interface GatewayRoutes {
  /** Routes with a JSON body. */
  json?: readonly JsonRoute[];
  /** Requests without a body that are refused. */
  refused?: readonly (readonly [method: string, path: string, status: number, reason: string])[];
  /** Every address with its allowed methods. */
  addresses: readonly (readonly [path: string, methods: readonly string[]])[];
  /** Unknown addresses that resemble existing ones. */
  unknown?: readonly string[];
  /** A request that succeeds for each address of the proto files: `GET /api/v1/books/{id}`. */
  succeeds?: Readonly<Record<string, (http: HttpClient) => Promise<HttpReply>>>;
}

/** A route with a JSON body: a valid one, and invalid ones. */
export interface JsonRoute {
  method: 'POST' | 'PATCH';
  path: string;
  /** Headers that a request needs, such as a token. @default none */
  headers?: Record<string, string>;
  valid: Record<string, unknown>;
  /** Reason of the error for a request without a body. @default MALFORMED_BODY */
  withoutBody?: string;
  /** Required fields. @default none */
  required?: readonly string[];
  /** Invalid JSON bodies, by their fault. */
  wrong: Readonly<Record<string, unknown>>;
}

/** Without HEAD, whose replies have no body to check. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The routes of the project and of every existing slice: each `<name>.routes.ts` below this folder. */
export async function gatewayRoutes(): Promise<Required<GatewayRoutes>> {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.routes.ts'))
    .sort();
  const found = await Promise.all(files.map(load));
  return {
    json: found.flatMap(({ json = [] }) => json),
    refused: found.flatMap(({ refused = [] }) => refused),
    addresses: found.flatMap(({ addresses }) => addresses),
    unknown: found.flatMap(({ unknown = [] }) => unknown),
    succeeds: Object.assign(
      {},
      ...found.map(({ succeeds = {} }) => succeeds),
    ) as Required<GatewayRoutes>['succeeds'],
  };
}

async function load(file: string): Promise<GatewayRoutes> {
  const { routes } = (await import(`./${file.replace(/ts$/, 'js')}`)) as { routes: GatewayRoutes };
  return routes;
}
