import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ConformanceApp } from '../conformance-app.js';
import { titleOf } from './binding-case.js';
import { check } from './check.js';
import { bodyFieldCases, choiceCases, mapCases, optionalCases } from './message-body.cases.js';
import { bindingCases, encodingCases, templateCases, typedPathCases } from './paths.cases.js';
import { nameQueryCases, nestedQueryCases, scalarQueryCases } from './query.cases.js';
import { listCases, scalarBodyCases, topLevelCases, unknownFieldCases } from './scalar-body.cases.js';
import { textualCases, wrapperCases } from './well-known.cases.js';

const app = new ConformanceApp();

beforeAll(() => app.start());

afterAll(() => app.close());

describe.each([
  ['a path template', templateCases],
  ['percent-encoding in a path', encodingCases],
  ['a typed path variable', typedPathCases],
  ['a binding', bindingCases],
  ['a scalar in the query', scalarQueryCases],
  ['a name in the query', nameQueryCases],
  ['a list or a message in the query', nestedQueryCases],
  ['a scalar in the body', scalarBodyCases],
  ['a body as a whole', topLevelCases],
  ['a name in the body', unknownFieldCases],
  ['a list in the body', listCases],
  ['an optional field', optionalCases],
  ['a oneof', choiceCases],
  ['a map', mapCases],
  ['a body that is one field', bodyFieldCases],
  ['a timestamp, duration or field mask', textualCases],
  ['a wrapper or JSON without a schema', wrapperCases],
])('%s', (_kind, cases) => {
  it.each(cases.map((each) => [titleOf(each), each] as const))('%s', (_title, each) => check(app, each));
});
