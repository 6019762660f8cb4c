import {
  type Branch,
  ConfigSource,
  type ConfigOf,
  defineConfig,
  type SourceContext,
  treeOf,
  url,
} from '@app/config';
import { z } from 'zod';

export const configServerConfig = defineConfig('config_server', {
  schema: z.object({ url: url({ protocols: ['http'] }), needed: z.boolean().default(true) }),
});

/** A minimal configuration source: a JSON document at an address. */
export class HttpSource extends ConfigSource {
  readonly name = 'configuration server';
  override readonly needed: boolean;
  private readonly address: string;

  constructor({ url: { href }, needed }: ConfigOf<typeof configServerConfig>) {
    super();
    this.needed = needed;
    this.address = href;
  }

  async load({ signal }: SourceContext): Promise<Branch> {
    const reply = await fetch(this.address, { signal: signal ?? null });
    if (!reply.ok) throw new Error(`it answered ${reply.status}`);
    return treeOf((await reply.json()) as Record<string, unknown>, this.name);
  }
}
