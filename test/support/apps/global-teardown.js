import './typescript-imports.js';

/** Stops the apps after the last end-to-end spec. Fails the run when an app did not stop cleanly. */
export default async function globalTeardown() {
  const { SystemFixture } = await import('./system-fixture.js');
  await SystemFixture.close();
}
