import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { analyse } from 'scslre';
import ts from 'typescript';

/** Patterns with more than linear time, and the reason why they are allowed. */
const BOUNDED: Readonly<Record<string, string>> = {
  'libs/errors/src/stack-frames.ts': 'a frame has a thousand characters at most',
  'tools/image/bundle-imports.ts': 'reads our own bundles, in a build',
};

const FILES = globSync('{apps,libs,tools}/**/*.{ts,mjs}').filter((file) => !/\.(int-)?spec\.ts$/.test(file));

/** The regular expression literals of a file. Patterns that are built at run time consist of such literals. */
function patternsOf(file: string): RegExp[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(toRegExp(node.text));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function toRegExp(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

const isSuperLinear = (pattern: RegExp) => analyse(pattern).reports.length > 0;

/** A client's text must not block the event loop: a text of twice the length may take twice the time. */
describe('the patterns of the project', () => {
  it('take linear time, except those that only match short texts', () => {
    const found = FILES.flatMap((file) =>
      patternsOf(file)
        .filter(isSuperLinear)
        .map((pattern) => ({ file, pattern: String(pattern) })),
    );
    expect(found.filter(({ file }) => !(file in BOUNDED))).toEqual([]);
    expect(new Set(found.map(({ file }) => file))).toEqual(new Set(Object.keys(BOUNDED)));
  });

  it.each([/^[^:]*[^\s:][^:]*$/u, /(a+)+b/, /^a*a*b$/, /[, \t]+$/])('would be refused as %s', (pattern) => {
    expect(isSuperLinear(pattern)).toBe(true);
  });
});
