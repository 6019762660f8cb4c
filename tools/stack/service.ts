import type { Place } from './place.ts';
import type { ServiceName } from './stack-profile.ts';

/** How a server program is started and asked to stop. */
export interface ProgramLaunch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** What it needs until it answers. */
  readonly whileStarting?: Disposable;
  /** Called once it answers. */
  readonly onAnswer?: () => void;
  /** @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
}

/** A source of a server that is a program of this machine. */
export interface ProgramProvider {
  readonly kind: 'program';
  readonly name: string;
  /** Why it cannot be used here, or nothing when it can. */
  obstacle(): Promise<string | undefined>;
  /** Makes the data folder when there is none, whole or not at all, and says what to start. */
  prepare(place: Place, signal: AbortSignal): Promise<ProgramLaunch>;
}

/** A source of a server that is a container of `compose.yaml`. */
export interface ContainerProvider {
  readonly kind: 'container';
  readonly name: string;
  obstacle(): Promise<string | undefined>;
}

export type Provider = ProgramProvider | ContainerProvider;

/** A backing service: how it is configured, where it can come from, how one knows that it answers. */
export interface Service {
  readonly name: ServiceName;
  readonly title: string;
  /** The configuration key that holds its address, and the variables that are honoured as well. */
  readonly setting: readonly [key: string, ...shortNames: string[]];
  /** In the order of preference. */
  readonly providers: readonly Provider[];
  /** The package of Debian and Ubuntu that brings a program. */
  readonly systemPackage?: string;
  /** How to get one by hand. */
  readonly remedies: readonly string[];
  url(port: number): string;
  /** Resolves once the server answers its user in its own protocol; rejects while it does not. */
  answers(port: number): Promise<void>;
}
