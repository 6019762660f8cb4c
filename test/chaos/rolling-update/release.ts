import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ProjectCopy } from '../../conventions/project-copy.js';
import { type AppName, type AppProcess, launch } from '../../support/apps/app-process.js';

/** A change of one source file: a new file, or a text that occurs exactly once, with its replacement. */
export type SourceEdit = { file: string } & ({ create: string } | { find: RegExp; put: string });

/** The address on which an app listens. */
export interface Place {
  host: string;
  port: number;
  managementPort: number;
}

/** One build of the project: its sources, its bundles, its migrations. */
export class Release {
  private constructor(
    readonly version: string,
    private readonly root: string,
    private readonly copy?: ProjectCopy,
  ) {}

  /** The build in `dist/`. */
  static current(): Release {
    return new Release('1.0.0', resolve('.'));
  }

  /** Builds the current sources with edits in a separate folder. @throws when an edit does not match */
  static async next(edits: readonly SourceEdit[], apps: readonly AppName[]): Promise<Release> {
    const copy = await ProjectCopy.create();
    for (const edit of edits) apply(edit, copy.root);
    const { code, output } = await copy.run(
      apps.map((app) => `npx --no-install nest build ${app}`).join('\n'),
    );
    if (code !== 0) throw new Error(`The next release cannot be built:\n${output}`);
    return new Release('2.0.0', copy.root, copy);
  }

  /** Migrates the app's schema to this release. */
  async migrate(app: AppName, env: Readonly<Record<string, string>>): Promise<void> {
    const variables = { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test', ...env };
    const options = { cwd: this.root, env: variables };
    await promisify(execFile)(process.execPath, [this.mainOf(app), 'migrate'], options);
  }

  launch(app: AppName, { host, ...ports }: Place, env: Readonly<Record<string, string>>): AppProcess {
    const hosted = { [app === 'gateway' ? 'APP__HTTP__HOST' : 'APP__GRPC__HOST']: host };
    const variables = { ...env, ...hosted, APP_VERSION: this.version };
    return launch(app, { ...ports, main: this.mainOf(app), cwd: this.root, env: variables });
  }

  async remove(): Promise<void> {
    await this.copy?.remove();
  }

  private mainOf(app: AppName): string {
    return join(this.root, 'dist', 'apps', app, 'main.js');
  }
}

function apply(edit: SourceEdit, root: string): void {
  const path = join(root, edit.file);
  if ('create' in edit) return writeFileSync(path, edit.create, { flag: 'wx' });
  const text = readFileSync(path, 'utf8');
  const { source, flags } = edit.find;
  const found = text.match(new RegExp(source, `${flags}g`)) ?? [];
  if (found.length !== 1)
    throw new Error(
      `The next release finds ${String(edit.find)} ${found.length} times in ${edit.file}, not once. Bring next-release.ts up to date.`,
    );
  writeFileSync(path, text.replace(edit.find, edit.put));
}
