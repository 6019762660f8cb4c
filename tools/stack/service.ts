import type { Place } from './place.ts';
import type { ServiceName } from './stack-profile.ts';

/** How to start and stop a server program. */
export interface ProgramLaunch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** A resource that it needs until it answers. */
  readonly whileStarting?: Disposable;
  /** Called once it answers. */
  readonly onAnswer?: () => void;
  /** @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
}

/** A source of a server: a program on this machine. */
export interface ProgramProvider {
  readonly kind: 'program';
  readonly name: string;
  /** Why it cannot be used here; undefined when it can. */
  obstacle(): Promise<string | undefined>;
  /** Creates the data folder atomically if there is none, and returns what to start. */
  prepare(place: Place, signal: AbortSignal): Promise<ProgramLaunch>;
}

/** A source of a server: a container of `compose.yaml`. */
export interface ContainerProvider {
  readonly kind: 'container';
  readonly name: string;
  obstacle(): Promise<string | undefined>;
}

export type Provider = ProgramProvider | ContainerProvider;

/** A backing service: its settings, its providers, and how to check that it answers. */
export interface Service {
  readonly name: ServiceName;
  readonly title: string;
  /** The configuration key of its address, and alternative variables. */
  readonly setting: readonly [key: string, ...shortNames: string[]];
  /** In the order of preference. */
  readonly providers: readonly Provider[];
  /** The package of Debian and Ubuntu that contains the program. */
  readonly systemPackage?: string;
  /** How to get one by hand. */
  readonly remedies: readonly string[];
  url(port: number): string;
  /** Resolves once the server answers its user in its own protocol; rejects while it does not. */
  answers(port: number): Promise<void>;
}
