import { resolve } from 'node:path';
import type { ServiceName, StackProfile } from './stack-profile.ts';

/** Port and folders of one server of a stack. */
export interface Place {
  readonly profile: StackProfile;
  readonly service: ServiceName;
  readonly port: number;
  readonly data: string;
  readonly log: string;
}

export function placeOf(profile: StackProfile, service: ServiceName): Place {
  return {
    profile,
    service,
    port: profile.ports[service],
    data: resolve(profile.folder, service),
    log: resolve(profile.folder, 'logs', `${service}.log`),
  };
}
