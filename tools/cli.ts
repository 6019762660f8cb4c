import { ChildGroup } from './process/child-group.ts';
import { Interruption } from './process/interruption.ts';
import type { Command } from './commands/command.ts';
import { reportFailure } from './ui/report-failure.ts';
import { terminal } from './ui/terminal.ts';

/** Loaded on demand: before `npm ci`, no module with a dependency may be imported. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.command.ts')).start,
  dev: async () => (await import('./commands/dev.command.ts')).dev,
  test: async () => (await import('./commands/test.command.ts')).test,
  bench: async () => (await import('./commands/bench.command.ts')).bench,
  stack: async () => (await import('./commands/stack.command.ts')).stack,
  db: async () => (await import('./commands/db.command.ts')).db,
  deadletters: async () => (await import('./commands/deadletters.command.ts')).deadletters,
  rabbitmq: async () => (await import('./commands/rabbitmq.command.ts')).rabbitmq,
  proto: async () => (await import('./commands/proto.command.ts')).proto,
  k8s: async () => (await import('./commands/k8s.command.ts')).k8s,
  s3: async () => (await import('./commands/s3.command.ts')).s3,
  sweep: async () => (await import('./commands/sweep.command.ts')).sweep,
};

const usage = `ganymede start                                   all four apps on the development stack
ganymede dev                                     the same, each app built and started again as its sources change
ganymede test [PATTERN…]                         every check and every test; with patterns those tests alone
ganymede bench [SUITE…] [--connections N] [--requests N] [--rounds N]   the load suite
ganymede stack up|down|status|reset [--test]     the backing services alone
ganymede stack service NAME start|stop|restart|kill|pause|resume [--test]
ganymede db migrate|rollback|generate …          migrations of the apps that own tables
ganymede deadletters list|show|redrive|discard … dead letters, as the worker has them
ganymede rabbitmq topology                       every queue and exchange, as a table and as a Mermaid diagram
ganymede proto generate|check|lint|breaking|baseline   libs/contracts from proto/, and whether it is in order
ganymede k8s render|check                        k8s/manifests from k8s/chart, and whether they are current; needs Helm
ganymede s3 check boto3|minio-go                 the development S3 server with a client from outside`;

const [name = '', ...args] = process.argv.slice(2);
const interruption = new Interruption();
interruption.onSecond(() => ChildGroup.killAll());
try {
  const load = commands[name];
  if (load) process.exitCode = await (await load())({ args, interruption });
  else {
    terminal.line(usage);
    process.exitCode = name === '' || name === 'help' ? 0 : 2;
  }
} catch (error) {
  process.exitCode = reportFailure(error);
}
