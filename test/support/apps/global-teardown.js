import './typescript-imports.js';

/** Closes the running system after the last end-to-end spec; fails the run when an app did not stop cleanly. */
export default async function globalTeardown() {
  const { SystemFixture } = await import('./system-fixture.js');
  await SystemFixture.close();
}
