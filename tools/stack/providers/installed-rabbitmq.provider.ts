import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { credentials } from '../credentials.ts';
import { findProgram } from '../find-program.ts';
import type { Place } from '../place.ts';
import type { ProgramProvider } from '../service.ts';
import { EmptyPortMapper } from './empty-port-mapper.ts';
import { rewriteQuorumPaths } from './quorum-paths.ts';

/** On Debian, the program on PATH is a wrapper that supports only the system's node; this finds the real one. */
const find = (): string | undefined =>
  findProgram('rabbitmq-server', ['/opt/homebrew/sbin', '/usr/local/sbin'], ['/usr/lib/rabbitmq/bin']);

/** RabbitMQ creates the default user at the first boot, and therefore no guest. */
function configuration(place: Place): string {
  const { user, password } = credentials;
  return [
    `listeners.tcp.local = 127.0.0.1:${place.port}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'default_vhost = /',
    'default_user_tags.administrator = true',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    // An upper bound: clients request a shorter one, except those that a debugger may pause.
    'heartbeat = 3600',
    'vm_memory_high_watermark.relative = 0.3',
    'disk_free_limit.absolute = 200MB',
    '',
  ].join('\n');
}

/**
 * The installed RabbitMQ as a separate node. It neither uses nor starts an epmd: the distribution port is fixed and
 * passed to every Erlang program of this node.
 */
export const installedRabbitmq: ProgramProvider = {
  kind: 'program',
  name: 'rabbitmq-server',
  obstacle: async () => (find() ? undefined : 'no rabbitmq-server on PATH'),

  async prepare(place) {
    const program = find() ?? 'rabbitmq-server';
    const file = (name: string): string => join(place.data, name);
    mkdirSync(place.data, { recursive: true });
    writeFileSync(file('rabbitmq.conf'), configuration(place));
    writeFileSync(file('enabled_plugins'), '[].\n');
    const firstBoot = file('first-boot');
    if (!existsSync(file('mnesia')) || existsSync(firstBoot)) {
      for (const half of ['mnesia', '.erlang.cookie']) rmSync(file(half), { recursive: true, force: true });
      writeFileSync(firstBoot, 'The first boot did not finish: its data is deleted before the next one.\n');
    }
    rewriteQuorumPaths(file('mnesia'));
    const portMapper = await EmptyPortMapper.open();
    const port = String(place.profile.distributionPort);
    return {
      file: program,
      args: [],
      cwd: place.data,
      whileStarting: portMapper,
      onAnswer: () => rmSync(firstBoot, { force: true }),
      env: {
        PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}`,
        HOME: place.data,
        LANG: 'C.UTF-8',
        RABBITMQ_NODENAME: `ganymede-${place.profile.name}@localhost`,
        RABBITMQ_DIST_PORT: port,
        RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
        RABBITMQ_MNESIA_BASE: file('mnesia'),
        RABBITMQ_LOG_BASE: file('log'),
        RABBITMQ_CONF_ENV_FILE: '/dev/null',
        ERL_EPMD_PORT: String(portMapper.port),
        ERL_CRASH_DUMP_SECONDS: '0',
        ERL_FLAGS: `-start_epmd false -erl_epmd_port ${port} -kernel inet_dist_use_interface {127,0,0,1}`,
      },
    };
  },
};
