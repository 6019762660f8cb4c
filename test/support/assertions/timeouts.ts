import { jest } from '@jest/globals';

/** These tests start and stop servers and processes, which is slow on a busy machine. */
jest.setTimeout(180_000);
