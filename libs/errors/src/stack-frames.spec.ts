import { describe, expect, it } from '@jest/globals';
import { framesOf } from './stack-frames.js';

const ROOT = '/home/ada/ganymede';
const framesFrom = (...frames: string[]) =>
  framesOf(['Error: x', ...frames.map((at) => `    at ${at}`)].join('\n'), ROOT);

describe('the frames of a stack', () => {
  it.each([
    [
      'Orders.place (webpack://ganymede/apps/gateway/src/orders.ts:12:3)',
      'Orders.place (apps/gateway/src/orders.ts:12:3)',
    ],
    [
      'async Orders.place (webpack://ganymede/./libs/http/src/a.ts:1:2)',
      'async Orders.place (libs/http/src/a.ts:1:2)',
    ],
    ['webpack://ganymede/libs/http/src/a.ts:1:2', 'libs/http/src/a.ts:1:2'],
    [`place (file://${ROOT}/libs/http/src/a.ts:1:2)`, 'place (libs/http/src/a.ts:1:2)'],
    [`new Orders (${ROOT}/dist/apps/gateway/main.js:10:20)`, 'new Orders (dist/apps/gateway/main.js:10:20)'],
    ['Object.<anonymous> (webpack://ganymede/libs/a.ts:1:2)', 'Object.<anonymous> (libs/a.ts:1:2)'],
  ])('show %s as %s', (frame, shown) => {
    expect(framesFrom(frame)).toEqual([`    at ${shown}`]);
  });

  it('of others are counted between our own', () => {
    expect(
      framesFrom(
        'a (webpack://ganymede/libs/a.ts:1:2)',
        `b (file://${ROOT}/node_modules/pg/lib/client.js:1:2)`,
        'process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
        'async c (webpack://ganymede/apps/c.ts:1:2)',
        'Promise.all (index 0)',
        'new Promise (<anonymous>)',
        'd (webpack://ganymede/webpack/runtime/make:1:2)',
      ),
    ).toEqual([
      '    at a (libs/a.ts:1:2)',
      '    … 2 of node_modules and node',
      '    at async c (apps/c.ts:1:2)',
      '    … 3 of node_modules and node',
    ]);
  });

  it('are the first ones of others when none is our own', () => {
    expect(
      framesFrom(
        `parse (file://${ROOT}/node_modules/pg/lib/parser.js:1:2)`,
        'emit (node:events:1:2)',
        'read (node:net:1:2)',
        'more (node:net:3:4)',
      ),
    ).toEqual([
      '    at parse (node_modules/pg/lib/parser.js:1:2)',
      '    at emit (node:events:1:2)',
      '    at read (node:net:1:2)',
      '    … 1 of node_modules and node',
    ]);
  });
});
