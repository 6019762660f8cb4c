import { once } from 'node:events';
import { eventually } from '../assertions/eventually.js';
import type { AppProcess } from './app-process.js';

/** Environment of an app whose live heap is measured: on SIGUSR1 it opens its inspector, on a free port. */
export const LIVE_HEAP_ENV = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const;

const INSPECTOR_URL = /Debugger listening on (ws:\S+)/;
/** How long the inspector may take to reply, in milliseconds. */
const REPLY_MS = 30_000;

/**
 * The memory of an app that is in use after a full garbage collection, in bytes: its heap, and the contents of its
 * buffers. A leak shows here. Resident memory includes garbage that V8 has not collected yet, and free pages: the young
 * generation alone takes up to three times `--max-semi-space-size`.
 *
 * @param app an app that was started with `LIVE_HEAP_ENV`
 */
export async function liveHeapBytes(app: AppProcess): Promise<number> {
  app.signal('SIGUSR1');
  const inspector = new WebSocket(await eventually(() => inspectorUrlOf(app)));
  try {
    await once(inspector, 'open', { signal: AbortSignal.timeout(REPLY_MS) });
    await send(inspector, 'HeapProfiler.collectGarbage');
    const { usedSize = 0, backingStorageSize = 0 } = await send(inspector, 'Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  } finally {
    inspector.close();
  }
}

function inspectorUrlOf({ name, log }: AppProcess): string {
  const [, url] = INSPECTOR_URL.exec(log.text()) ?? [];
  if (url === undefined)
    throw new Error(`${name} has not opened its inspector. Start it with LIVE_HEAP_ENV.`);
  return url;
}

/** Sends a command. @see https://chromedevtools.github.io/devtools-protocol/v8/ */
async function send(inspector: WebSocket, method: string): Promise<Record<string, number>> {
  const replied = once(inspector, 'message', { signal: AbortSignal.timeout(REPLY_MS) });
  inspector.send(JSON.stringify({ id: 1, method }));
  const [{ data }] = (await replied) as [{ data: string }];
  const { result = {} } = JSON.parse(data) as { result?: Record<string, number> };
  return result;
}
