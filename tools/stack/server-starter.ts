import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildGroup } from '../process/child-group.ts';
import { lastLines } from '../process/last-lines.ts';
import { identify } from '../process/process-identity.ts';
import { ownerVariable } from '../process/stray-processes.ts';
import { ToolError } from '../ui/tool.error.ts';
import { BrokenDataError } from './broken-data.error.ts';
import { compose, containerLog } from './docker-compose.ts';
import type { Place } from './place.ts';
import { ServerRecords } from './server-record.ts';
import type { ProgramLaunch, ProgramProvider, Provider, Service } from './service.ts';

const timeout = 90_000;

/** The environment of every server; it contains no other variables of the user. */
function baseEnvironment(place: Place): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  return { PATH, HOME, LANG, TMPDIR, [ownerVariable]: place.profile.owner };
}

function spawnServer(launch: ProgramLaunch, place: Place): ChildGroup {
  mkdirSync(dirname(place.log), { recursive: true });
  const log = openSync(place.log, 'w');
  try {
    const { file, args, cwd = place.profile.folder, env, uid, gid } = launch;
    const user = uid === undefined || gid === undefined ? {} : { uid, gid };
    return new ChildGroup(file, args, {
      cwd,
      env: { ...baseEnvironment(place), ...env },
      stdio: ['ignore', log, log],
      ...user,
    });
  } finally {
    closeSync(log);
  }
}

/** Polls until the server answers its user. On a time-out, the last error shows the reason. */
async function waitForAnswer(
  service: Service,
  port: number,
  child: ChildGroup | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = performance.now() + timeout;
  let fault = 'no answer';
  while (performance.now() < deadline && child?.hasExited !== true) {
    signal.throwIfAborted();
    try {
      await service.answers(port);
      return undefined;
    } catch (error) {
      fault = String(error);
    }
    await sleep(50);
  }
  return fault;
}

/** Handles an invalid data folder: a file, a folder without permissions, a broken link. */
async function prepare(
  service: Service,
  provider: ProgramProvider,
  place: Place,
  signal: AbortSignal,
): Promise<ProgramLaunch> {
  try {
    return await provider.prepare(place, signal);
  } catch (error) {
    if (error instanceof ToolError || signal.aborted) throw error;
    throw new BrokenDataError(service.title, place, error instanceof Error ? error.message : String(error));
  }
}

async function startProgram(
  service: Service,
  provider: ProgramProvider,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const launch = await prepare(service, provider, place, signal);
  using _helper = launch.whileStarting;
  signal.throwIfAborted();
  const child = spawnServer(launch, place);
  const identity = identify(child.pid);
  const records = new ServerRecords(place.profile);
  const stopSignal = launch.stopSignal ?? 'SIGTERM';
  if (identity) {
    const url = service.url(place.port);
    const since = new Date().toISOString();
    records.write({
      name: service.name,
      provider: provider.name,
      kind: 'program',
      port: place.port,
      url,
      stopSignal,
      since,
      ...identity,
    });
  }
  try {
    const fault = await waitForAnswer(service, place.port, child, signal);
    if (fault !== undefined) throw await startFailed(service, place, child, fault);
    launch.onAnswer?.();
    child.release();
  } catch (error) {
    await child.endTree(stopSignal, 3_000); // short, because it has no clients yet
    records.remove(service.name);
    throw error;
  }
}

async function startFailed(
  service: Service,
  place: Place,
  child: ChildGroup,
  fault: string,
): Promise<ToolError> {
  const evidence = lastLines(place.log, 12);
  if (!child.hasExited) {
    const silence = `it does not answer on port ${place.port} after ${timeout / 1000} s (${fault})`;
    return new BrokenDataError(service.title, place, silence, evidence);
  }
  const exit = await child.exited.catch((error: unknown) => error);
  if (exit instanceof Error) return new ToolError(`${service.title} could not be started: ${exit.message}`);
  const { code, signal } = exit as { code: number | null; signal: string | null };
  const end = `it ended before it answered (${signal ?? `exit code ${code}`})`;
  return new BrokenDataError(service.title, place, end, evidence);
}

async function startContainer(service: Service, place: Place, signal: AbortSignal): Promise<void> {
  new ServerRecords(place.profile).write({
    name: service.name,
    provider: 'Docker Compose',
    kind: 'container',
    port: place.port,
    url: service.url(place.port),
    stopSignal: 'SIGTERM',
    since: new Date().toISOString(),
    pid: 0,
    startedAt: '',
  });
  try {
    await compose(place.profile, ['up', '-d', service.name], signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new ToolError(
      `Docker Compose could not start ${service.title}: ${String((error as { stderr?: string }).stderr ?? error).trim()}`,
      {
        remedies: service.remedies,
      },
    );
  }
  const fault = await waitForAnswer(service, place.port, undefined, signal);
  if (fault === undefined) return;
  throw new ToolError(`${service.title} (Docker Compose) does not answer on port ${place.port}: ${fault}`, {
    evidence: await containerLog(place.profile, service.name),
  });
}

/** Starts a server from its provider and resolves once it answers. On failure no partly started server is left. */
export function startServer(
  service: Service,
  provider: Provider,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  if (provider.kind === 'container') return startContainer(service, place, signal);
  return startProgram(service, provider, place, signal);
}
