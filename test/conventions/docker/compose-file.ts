import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const COMPOSE_FILE = 'docker/compose.yaml';

/** The parts of a compose service that these specs read. */
export interface ComposeService {
  image: string;
  build?: { args: { APP: string } };
  restart?: string;
  healthcheck?: { test: string[] };
  environment?: Record<string, string>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  user?: string;
  privileged?: boolean;
  stop_grace_period?: string;
  command?: string | string[];
  volumes?: string[];
}

const text = readFileSync(COMPOSE_FILE, 'utf8');

/** The services with merged parts and with the defaults of variables, as in an empty environment. */
export const services = (
  parse(text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true }) as {
    services: Record<string, ComposeService>;
  }
).services;

/** @throws when there is no service of this name */
export function service(name: string): ComposeService {
  const found = services[name];
  if (!found) throw new Error(`${COMPOSE_FILE} has no service ${name}.`);
  return found;
}

/** The names of the services that run to completion, for which others wait. */
export const tasks = new Set(
  Object.values(services).flatMap(({ depends_on = {} }) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_completed_successfully' ? [name] : [],
    ),
  ),
);
