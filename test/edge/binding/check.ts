import { expect } from '@jest/globals';
import { ConformanceApp } from '../conformance-app.js';
import type { BindingCase } from './binding-case.js';
import { expectKept } from './expect-kept.js';

/** Sends the request of a case, and expects its bound message, its issues or its error. */
export async function check(app: ConformanceApp, wanted: BindingCase): Promise<void> {
  const reply = await app.send(wanted);
  const { binds, issues, fails } = wanted;
  if (binds) {
    const [method, request] = binds;
    const defaults = ConformanceApp.method(method).request.decode(new Uint8Array()) as object;
    expect([reply.status < 300 || reply.text, app.called]).toEqual([
      true,
      [[method, { ...defaults, ...request }]],
    ]);
    expectKept(app.called);
    return;
  }
  expect(app.called).toEqual([]);
  const error = reply.json<{ reason: string; details: { issues?: unknown } }>();
  const [status, reason] = fails ?? [400, 'VALIDATION_FAILED'];
  expect([reply.status, error.reason]).toEqual([status, reason]);
  if (!issues) return;
  const expected = issues.map(([path, part]) => ({ path, message: expect.stringContaining(part) }));
  expect(error.details.issues).toEqual(expected);
}
