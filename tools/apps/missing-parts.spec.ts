import { describe, expect, it } from '@jest/globals';
import { missingParts } from './missing-parts.ts';

const up = { status: 'up', needed: false };
const down = { status: 'down', needed: false, message: 'grpc_server is not available' };
const reply = (report: object, ready = true) => ({ ready, body: JSON.stringify(report) });

describe('the list of parts that the system still lacks', () => {
  it('is empty when an app is ready, and the gateway reaches everything', () => {
    expect(missingParts('gateway', reply({ state: 'ready', checks: { grpc_server: up, s3: up } }))).toEqual(
      [],
    );
  });

  it('has each failing check of the gateway, even an optional one', () => {
    const report = reply({ state: 'ready', checks: { grpc_server: down, s3: up } });
    expect(missingParts('gateway', report)).toEqual([
      'gateway: grpc_server is down, grpc_server is not available',
    ]);
  });

  it('does not have optional checks of other apps', () => {
    expect(missingParts('worker', reply({ state: 'ready', checks: { mail: down } }))).toEqual([]);
  });

  it.each(['gateway', 'cron-server'])('has each circuit of the %s that is not closed', (app) => {
    const report = reply({ state: 'ready', notes: { circuits: { worker: 'open', s3: 'half_open' } } });
    expect(missingParts(app, report)).toEqual([
      `${app}: the circuit of worker is open`,
      `${app}: the circuit of s3 is half_open`,
    ]);
  });

  it('has an app that is not ready, with its checks', () => {
    const report = reply({ state: 'ready', checks: { postgres: { status: 'down', needed: true } } }, false);
    expect(missingParts('worker', report)).toEqual(['worker: state: ready', 'worker: postgres: down']);
  });

  it('has an app that does not answer', () => {
    expect(missingParts('worker', undefined)).toEqual(['worker: its management port does not answer']);
  });
});
