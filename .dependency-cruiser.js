/**
 * The floors of the project, see docs and CONTRIBUTING.md: an import goes down, never up or sideways. Every
 * rule says why it stands and what to do instead; `test/conventions/floors.spec.ts` breaks each one on purpose.
 */

/** From the ground up; the libs of one line do not know each other. */
const FLOORS = [
  ['errors', 'context', 'contracts', 'json', 'ids'],
  ['config'],
  ['logging', 'telemetry'],
  ['lifecycle'],
  ['resilience'],
  ['postgres', 'redis', 'rabbitmq', 's3'],
  ['messaging', 'locks', 'mail', 'auth'],
  ['http', 'grpc', 'scheduling'],
  ['bootstrap', 'edge'],
];

const SPECS = String.raw`\.(spec|int-spec|e2e-spec|chaos-spec)\.ts$`;
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** One rule for each lib: it reaches only what lies on the floors below its own. */
const floors = FLOORS.flatMap((libs, floor) =>
  libs.map((lib) => {
    const below = FLOORS.slice(0, floor).flat();
    return {
      name: `floor-of-${lib}`,
      severity: 'error',
      comment:
        `libs/${lib} may import ${below.length > 0 ? below.join(', ') : 'no other lib'}: an import goes down, never ` +
        'up or sideways, so that a lib can be read, tested and replaced with only what lies below it. Move the ' +
        'shared part to a lower floor, or let the upper lib register itself through a port that the lower one owns.',
      from: { path: `^libs/${lib}/`, pathNot: SPECS },
      to: { path: '^libs/([^/]+)/', pathNot: `^libs/(${[lib, ...below].join('|')})/` },
    };
  }),
);

const layout = [
  {
    name: 'floor-for-every-lib',
    severity: 'error',
    comment:
      'Every lib stands on a floor. Add the new lib to FLOORS in .dependency-cruiser.js, as low as its imports let it.',
    from: { path: '^libs/', pathNot: `^libs/(${FLOORS.flat().join('|')})/` },
    to: {},
  },
  {
    name: 'libs-never-import-apps',
    severity: 'error',
    comment:
      'A lib serves every app and knows none. Turn what it needs into an option, a port or a module that the app hands in.',
    from: { path: '^libs/' },
    to: { path: '^apps/' },
  },
  {
    name: 'apps-never-import-each-other',
    severity: 'error',
    comment:
      'Apps are deployed alone and own their data alone. Call the other app over gRPC, listen to its events, or move ' +
      'the shared code into a lib.',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'only-the-barrel-of-a-lib',
    severity: 'error',
    comment:
      'What a lib does not export from src/index.ts is its own affair and may change any day. Import from @app/<lib>; ' +
      'export there what others may rely on.',
    from: { path: '^libs/([^/]+)/' },
    to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
  },
  {
    name: 'only-the-barrel-of-a-lib-from-outside',
    severity: 'error',
    comment:
      'What a lib does not export from src/index.ts is its own affair and may change any day. Import from @app/<lib>; ' +
      'export there what others may rely on.',
    from: { path: '^(apps|test)/', pathNot: '^test/edge/generated/' },
    to: { path: '^libs/[^/]+/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
  },
  {
    name: 'no-import-through-the-own-barrel',
    severity: 'error',
    comment:
      'A file that imports the barrel of its own lib stands in a circle with it. Import the neighbour by its relative path.',
    from: { path: '^libs/([^/]+)/', pathNot: SPECS },
    to: { path: '^libs/$1/src/index\\.ts$' },
  },
  {
    name: 'no-inner-barrels',
    severity: 'error',
    comment:
      'One barrel per lib, src/index.ts: an index.ts further in hides where things stand. Import the file itself.',
    from: {},
    to: { path: '^(libs/[^/]+/src/.+|apps/.+)/index\\.ts$', pathNot: '^libs/[^/]+/src/generated/' },
  },
  {
    name: 'no-circles',
    severity: 'error',
    comment:
      'Files in a circle load in an order that nobody chose, and cannot be understood one by one. Move the shared part out.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'product-never-imports-tools-or-tests',
    severity: 'error',
    comment: 'tools/ and test/ are not in the image. Move what the product needs into a lib.',
    from: { path: '^(apps|libs)/', pathNot: SPECS },
    to: { path: '^(tools|test)/' },
  },
  {
    name: 'tools-stand-alone',
    severity: 'error',
    comment:
      'tools/ runs on Node.js alone, before anything is built. Start an app as a process, or read its files; only the ' +
      'generators in tools/proto may look at the contracts.',
    from: { path: '^tools/', pathNot: ['^tools/proto/', SPECS] },
    to: { path: '^(apps|libs|test)/' },
  },
];

const drivers = [
  {
    name: 'gateway-never-touches-postgres',
    severity: 'error',
    comment:
      'The gateway owns nothing durable. Ask the owner of the table over gRPC, or listen to its events.',
    from: { path: '^apps/gateway/' },
    to: { path: [`^libs/postgres/`, npm('typeorm', 'pg', '@nestjs/typeorm')] },
  },
  {
    name: 'redis-client-stays-in-its-lib',
    severity: 'error',
    comment:
      'Inject a port (Cache, Locks), or register a script with @app/redis and call it in a *.store.ts.',
    from: { path: '^(apps|libs)/', pathNot: ['^libs/redis/', String.raw`\.store\.ts$`, SPECS] },
    to: { path: npm('ioredis') },
  },
  {
    name: 'amqp-client-stays-in-its-lib',
    severity: 'error',
    comment:
      'Publish through MessagePublisher or EventOutbox and consume with @Consume, from @app/messaging.',
    from: { path: '^(apps|libs)/', pathNot: ['^libs/rabbitmq/', SPECS] },
    to: { path: npm('amqplib') },
  },
  {
    name: 's3-client-stays-in-its-lib',
    severity: 'error',
    comment: 'Inject FileStore from @app/s3.',
    from: { path: '^(apps|libs)/', pathNot: ['^libs/s3/', SPECS] },
    to: { path: npm('@aws-sdk/[^/]+', '@smithy/[^/]+') },
  },
  {
    name: 'postgres-client-stays-in-its-lib',
    severity: 'error',
    comment: 'Inject TransactionHost from @app/postgres and use its manager or query in a *.store.ts.',
    from: { path: '^(apps|libs)/', pathNot: ['^libs/postgres/', SPECS] },
    to: { path: npm('pg', '@nestjs/typeorm') },
  },
  {
    name: 'typeorm-stays-in-stores-entities-and-migrations',
    severity: 'error',
    comment:
      'SQL stands in few places, so that it can be found and reviewed. Move the query into a *.store.ts, the table into ' +
      'an *.entity.ts or a *.migration.ts.',
    from: {
      path: '^(apps|libs)/',
      pathNot: ['^libs/postgres/', String.raw`\.(store|entity|migration)\.ts$`, SPECS],
    },
    to: { path: npm('typeorm') },
  },
  {
    name: 'no-development-dependencies',
    severity: 'error',
    comment:
      'An image is installed without devDependencies. Move the package to dependencies in package.json.',
    from: { path: '^(apps|libs)/', pathNot: SPECS },
    // pino-pretty is loaded on demand where a person reads the log, which is never an image.
    to: {
      pathNot: npm('pino-pretty'),
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['npm', 'npm-peer', 'type-only'],
    },
  },
  {
    name: 'no-undeclared-dependencies',
    severity: 'error',
    comment:
      'The package is here only because another one brought it along, and may leave with it. Add it to package.json.',
    from: { path: '^(apps|libs|tools)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-unresolvable-imports',
    severity: 'error',
    comment: 'The import leads nowhere. Correct the path, or install the package.',
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: [...floors, ...layout, ...drivers],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: ['(^|/)dist/', '(^|/)\\.stack/'] },
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
