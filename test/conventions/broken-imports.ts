/** A small project that breaks each rule of .dependency-cruiser.js: the file, its import, the rule. */
export const brokenImports: readonly (readonly [file: string, imported: string, rule: string])[] = [
  // Layers: imports of a higher or the same layer.
  ['libs/errors/src/up.ts', '@app/config', 'floor-of-errors'],
  ['libs/context/src/sideways.ts', '@app/errors', 'floor-of-context'],
  ['libs/contracts/src/sideways.ts', '@app/errors', 'floor-of-contracts'],
  ['libs/json/src/sideways.ts', '@app/errors', 'floor-of-json'],
  ['libs/ids/src/sideways.ts', '@app/errors', 'floor-of-ids'],
  ['libs/config/src/up.ts', '@app/logging', 'floor-of-config'],
  ['libs/logging/src/sideways.ts', '@app/telemetry', 'floor-of-logging'],
  ['libs/telemetry/src/up.ts', '@app/lifecycle', 'floor-of-telemetry'],
  ['libs/lifecycle/src/up.ts', '@app/postgres', 'floor-of-lifecycle'],
  ['libs/resilience/src/up.ts', '@app/postgres', 'floor-of-resilience'],
  ['libs/postgres/src/sideways.ts', '@app/redis', 'floor-of-postgres'],
  ['libs/redis/src/up.ts', '@app/locks', 'floor-of-redis'],
  ['libs/rabbitmq/src/up.ts', '@app/messaging', 'floor-of-rabbitmq'],
  ['libs/s3/src/up.ts', '@app/http', 'floor-of-s3'],
  ['libs/messaging/src/sideways.ts', '@app/locks', 'floor-of-messaging'],
  ['libs/locks/src/up.ts', '@app/scheduling', 'floor-of-locks'],
  ['libs/mail/src/sideways.ts', '@app/locks', 'floor-of-mail'],
  ['libs/auth/src/up.ts', '@app/http', 'floor-of-auth'],
  ['libs/http/src/sideways.ts', '@app/grpc', 'floor-of-http'],
  ['libs/grpc/src/sideways.ts', '@app/http', 'floor-of-grpc'],
  ['libs/scheduling/src/up.ts', '@app/bootstrap', 'floor-of-scheduling'],
  ['libs/bootstrap/src/sideways.ts', '@app/edge', 'floor-of-bootstrap'],
  ['libs/edge/src/sideways.ts', '@app/bootstrap', 'floor-of-edge'],
  ['libs/attic/src/index.ts', '@app/errors', 'floor-for-every-lib'],
  // Allowed dependencies.
  ['libs/bootstrap/src/app.ts', '../../../apps/gateway/src/main.js', 'libs-never-import-apps'],
  ['apps/gateway/src/neighbour.ts', '../../worker/src/main.js', 'apps-never-import-each-other'],
  ['libs/config/src/deep.ts', '../../errors/src/secret.js', 'only-the-barrel-of-a-lib'],
  ['apps/gateway/src/deep.ts', '../../../libs/errors/src/secret.js', 'only-the-barrel-of-a-lib-from-outside'],
  ['libs/errors/src/through-the-barrel.ts', './index.js', 'no-import-through-the-own-barrel'],
  ['apps/worker/src/barrel.ts', './orders/index.js', 'no-inner-barrels'],
  ['apps/worker/src/circle.back.ts', './circle.js', 'no-circles'],
  ['apps/worker/src/tools.ts', '../../../tools/cli.js', 'product-never-imports-tools-or-tests'],
  ['tools/cli.ts', '@app/errors', 'tools-stand-alone'],
  // Clients of drivers.
  ['apps/gateway/src/sql.ts', '@app/postgres', 'gateway-never-touches-postgres'],
  ['apps/grpc-server/src/redis.ts', 'ioredis', 'redis-client-stays-in-its-lib'],
  ['libs/messaging/src/amqp.ts', 'amqplib', 'amqp-client-stays-in-its-lib'],
  ['apps/gateway/src/bytes.ts', '@aws-sdk/client-s3', 's3-client-stays-in-its-lib'],
  ['apps/worker/src/query.ts', 'pg', 'postgres-client-stays-in-its-lib'],
  ['apps/worker/src/letters.service.ts', 'typeorm', 'typeorm-stays-in-stores-entities-and-migrations'],
  // Packages.
  ['apps/worker/src/build.ts', 'typescript', 'no-development-dependencies'],
  ['apps/worker/src/borrowed.ts', 'semver', 'no-undeclared-dependencies'],
  ['apps/worker/src/lost.ts', './nowhere.js', 'no-unresolvable-imports'],
];

/** Imports of the same small project that every rule must allow. */
export const soundImports: readonly (readonly [file: string, imported: string])[] = [
  ['libs/postgres/src/down.ts', '@app/lifecycle'],
  ['libs/resilience/src/down.ts', '@app/lifecycle'],
  ['libs/postgres/src/client.ts', 'pg'],
  ['libs/http/src/down.ts', '@app/auth'],
  ['libs/config/src/down.ts', '@app/errors'],
  ['libs/errors/src/beside.ts', './secret.js'],
  ['apps/worker/src/letter.store.ts', 'typeorm'],
  ['apps/grpc-server/src/value.store.ts', 'ioredis'],
  ['apps/gateway/src/sound.ts', '@app/errors'],
  ['libs/redis/src/connections.ts', 'ioredis'],
  // Half of the circle above: it is reported once, at the other half.
  ['apps/worker/src/circle.ts', './circle.back.js'],
];

const libs =
  'errors json config logging telemetry lifecycle postgres redis rabbitmq messaging locks auth http grpc scheduling bootstrap edge';

/** The targets of the imports. */
export const foundations: readonly string[] = libs.split(' ').map((lib) => `libs/${lib}/src/index.ts`);
