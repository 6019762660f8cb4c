import './typescript-imports.js';

/** Starts the apps before the first end-to-end spec. */
export default async function globalSetup() {
  const { SystemFixture } = await import('./system-fixture.js');
  await SystemFixture.open();
}
