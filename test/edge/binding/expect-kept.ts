import { expect } from '@jest/globals';
import { type Call, ConformanceApp } from '../conformance-app.js';

/** Expects that the requests of calls are the same after they have travelled over gRPC. */
export function expectKept(calls: readonly Call[]): void {
  for (const [method, request] of calls) {
    const { request: codec } = ConformanceApp.method(method);
    expect(codec.decode(codec.encode(request).finish())).toEqual(request);
  }
}
