import { jest } from '@jest/globals';

/** Servers and processes start and stop in these tests; on a busy machine that takes its time. */
jest.setTimeout(60_000);
