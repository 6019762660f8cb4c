import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkPorts, type NeededPort } from '../process/port-check.ts';
import { endStrays } from '../process/stray-processes.ts';
import { together } from '../process/together.ts';
import { waitForLock } from '../process/wait-for-lock.ts';
import { step } from '../ui/step.ts';
import { terminal } from '../ui/terminal.ts';
import { locks } from '../workspace/locks.ts';
import type { SettingSources } from '../workspace/setting-sources.ts';
import { placeOf } from './place.ts';
import { configuredAddress, findProvider, nothingFound, type Resolution } from './resolve-service.ts';
import { deleteDataOf, deleteFolder } from './delete-folder.ts';
import { ServerControl } from './server-control.ts';
import { type ServerRecord, ServerRecords } from './server-record.ts';
import { startServer } from './server-starter.ts';
import type { Provider, Service } from './service.ts';
import { services } from './services.ts';
import type { ServiceName, StackProfile } from './stack-profile.ts';
import { installationObstacle, installSystemPackages } from './system-packages.ts';

const isProvider = (found: Provider | readonly string[]): found is Provider => 'kind' in found;

/** Work that begins as soon as one server answers, while the others still start. */
export type Followers = Partial<Record<ServiceName, (signal: AbortSignal) => Promise<void>>>;

/** The backing services of one stack, which are started and stopped together. */
export class Stack {
  readonly profile: StackProfile;
  readonly records: ServerRecords;
  private readonly keepFile: string;

  constructor(profile: StackProfile) {
    this.profile = profile;
    this.records = new ServerRecords(profile);
    this.keepFile = resolve(profile.folder, 'keep-running');
  }

  /** Whether the stack was started by its own command; then other commands do not stop it. */
  get isKept(): boolean {
    return existsSync(this.keepFile);
  }

  keep(): void {
    mkdirSync(this.profile.folder, { recursive: true });
    writeFileSync(this.keepFile, '');
  }

  /** The running servers, without apps. */
  running(): ServerRecord[] {
    return this.records.all().filter(({ kind }) => kind !== 'app');
  }

  /** The ports that `up` needs and that our own servers do not use yet. */
  neededPorts(settings: SettingSources): NeededPort[] {
    const toStart = services.filter(({ name }) => !this.records.running(name));
    return toStart
      .filter((service) => !configuredAddress(service, this.profile, settings))
      .flatMap((service) => {
        const remedy =
          this.profile.name === 'dev'
            ? `use a ${service.title} of yours: ${service.setting[1]}=… in .env`
            : `the ports of the test stack are fixed (${Object.values(this.profile.ports).join(', ')})`;
        const port = {
          port: this.profile.ports[service.name],
          purpose: `${service.title} (${this.profile.name} stack)`,
          remedy,
        };
        const distribution = {
          ...port,
          port: this.profile.distributionPort,
          purpose: `RabbitMQ's node (${this.profile.name} stack)`,
        };
        return service.name === 'rabbitmq' ? [port, distribution] : [port];
      });
  }

  /** Installs the system packages of servers that have no other provider. */
  async installMissing(settings: SettingSources, signal: AbortSignal): Promise<void> {
    const missing: [Service, readonly string[]][] = [];
    for (const service of services.filter(({ systemPackage }) => systemPackage !== undefined)) {
      if (this.records.running(service.name) || configuredAddress(service, this.profile, settings)) continue;
      const found = await findProvider(service);
      if (!isProvider(found)) missing.push([service, found]);
    }
    if (missing.length === 0) return;
    const obstacle = installationObstacle();
    if (obstacle !== undefined) throw nothingFound(missing, obstacle);
    const packages = missing.flatMap(([{ systemPackage }]) => systemPackage ?? []);
    await installSystemPackages(packages, signal);
  }

  /** Starts the missing servers at the same time; servers that already answer are reused. */
  async up(settings: SettingSources, signal: AbortSignal, followers: Followers = {}): Promise<void> {
    using _lock = await waitForLock(
      locks.stack(this.profile.name),
      `starting the ${this.profile.name} stack`,
      signal,
    );
    await this.installMissing(settings, signal);
    await checkPorts(this.neededPorts(settings));
    const resolutions = await Promise.all(services.map((service) => this.resolve(service, settings)));
    const started: ServerRecord[] = [];
    const works = resolutions.map((resolution) => async (either: AbortSignal) => {
      const record = await this.bringUp(resolution, either);
      if (record) started.push(record);
      await followers[resolution.service.name]?.(either);
    });
    try {
      await together(signal, ...works);
    } catch (error) {
      await Promise.all(started.map((record) => new ServerControl(this.profile, record).stop()));
      throw error;
    }
  }

  /** Starts one stopped server with its existing data. */
  async start(service: Service, settings: SettingSources, signal: AbortSignal): Promise<void> {
    await this.bringUp(await this.resolve(service, settings), signal);
  }

  /** Stops every server and ends any remaining process of the stack. */
  async down(): Promise<void> {
    using _lock = await waitForLock(
      locks.stack(this.profile.name),
      `stopping the ${this.profile.name} stack`,
      new AbortController().signal,
    );
    const running = this.running();
    rmSync(this.keepFile, { force: true });
    if (running.length > 0) {
      await step(`Stopping ${running.map(({ name }) => name).join(', ')}`, async () => {
        await Promise.all(running.map((record) => new ServerControl(this.profile, record).stop()));
      });
    }
    endStrays(this.profile.owner);
  }

  /** Kills all servers at once, for a second Ctrl-C; synchronous, so that it finishes before the process ends. */
  killAll(): void {
    for (const record of this.running()) ServerControl.killNow(this.profile, record);
    endStrays(this.profile.owner);
  }

  /** Deletes all data of a stopped stack. */
  async deleteData(): Promise<void> {
    await deleteFolder(this.profile);
  }

  /** Stops one server and deletes its data; the others keep theirs. */
  async reset(service: Service): Promise<void> {
    const record = this.records.running(service.name);
    if (record) await new ServerControl(this.profile, record).stop();
    await deleteDataOf(this.profile, service.name);
  }

  private async resolve(service: Service, settings: SettingSources): Promise<Resolution> {
    const configured = configuredAddress(service, this.profile, settings);
    if (configured) return { service, configured };
    const found = await findProvider(service);
    if (isProvider(found)) return { service, provider: found };
    throw nothingFound([[service, found]], 'nothing else is known to the tool');
  }

  private async bringUp(resolution: Resolution, signal: AbortSignal): Promise<ServerRecord | undefined> {
    const { service } = resolution;
    if ('configured' in resolution) {
      terminal.line(`${terminal.green('✓')} ${service.title}: yours, from ${resolution.configured.source}`);
      return undefined;
    }
    if (await this.isUsable(service)) return undefined;
    await step(service.title, async () => {
      await startServer(service, resolution.provider, placeOf(this.profile, service.name), signal);
      return `${resolution.provider.name}, port ${this.profile.ports[service.name]}`;
    });
    return this.records.running(service.name);
  }

  /** Whether it already runs; a server that does not answer is stopped for a restart. */
  private async isUsable(service: Service): Promise<boolean> {
    const record = this.records.running(service.name);
    if (!record) return false;
    try {
      await service.answers(record.port);
      return true;
    } catch (error) {
      terminal.warn(
        `${service.title} (process ${record.pid}) is running but does not answer (${String(error)}): restarting it.`,
      );
      await new ServerControl(this.profile, record).stop();
      return false;
    }
  }
}
