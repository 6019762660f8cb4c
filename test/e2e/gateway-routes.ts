import { readdirSync } from 'node:fs';

/** What a slice tells of its routes at the gateway, for the specs that hold every route to the same promises. */
export interface GatewayRoutes {
  /** Routes that take a JSON body. */
  json?: readonly JsonRoute[];
  /** Requests without a body that are refused. */
  refused?: readonly (readonly [method: string, path: string, status: number, reason: string])[];
  /** Every address with the methods that it answers. */
  addresses: readonly (readonly [path: string, methods: readonly string[]])[];
  /** Addresses that look like ours and are not. */
  unknown?: readonly string[];
}

/** A route that takes a JSON body: one that it accepts, and what is wrong with others. */
export interface JsonRoute {
  method: 'POST' | 'PATCH';
  path: string;
  /** What a request must have beside its body: a token. @default none */
  headers?: Record<string, string>;
  valid: Record<string, unknown>;
  /** Fields that must be there. @default none */
  required?: readonly string[];
  /** Bodies that are JSON and still wrong, by what is wrong with them. */
  wrong: Readonly<Record<string, unknown>>;
}

/** Without HEAD, whose replies have no body that could tell anything. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The routes of the project and of every slice that is here: each `<name>.routes.ts` below this folder. */
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
  };
}

async function load(file: string): Promise<GatewayRoutes> {
  const { routes } = (await import(`./${file.replace(/ts$/, 'js')}`)) as { routes: GatewayRoutes };
  return routes;
}
