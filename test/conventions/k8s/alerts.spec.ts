import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Rule {
  alert: string;
  expr: string;
  for?: string;
}

const { groups } = parse(readFileSync('k8s/chart/files/alerts.yaml', 'utf8')) as {
  groups: { rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** `| alert | state | as a query | for | …` */
const ROW = /^\| (\w+) \| [^|]+ \| `([^`]+)` \| (\S+) \|/gm;
const rows = Array.from(
  readFileSync('docs/02-runbook.md', 'utf8').matchAll(ROW),
  ([, alert = '', expr = '', lasting = '']): Rule => ({ alert, expr, for: lasting }),
);

const oneLine = (query: string) => query.replace(/\s+/g, ' ').trim();

describe('the alerts', () => {
  it('match the runbook, query by query', () => {
    const written = rules.map(({ alert, expr, for: lasting = '0m' }) => ({
      alert,
      expr: oneLine(expr),
      for: lasting,
    }));
    expect(rows).toEqual(written);
  });

  it('are each shown firing in the test of promtool', () => {
    const shown = readFileSync('k8s/alerts.test.yaml', 'utf8');
    const fired = new Set(Array.from(shown.matchAll(/alertname="(\w+)"/g), ([, name]) => name));
    expect(rules.map(({ alert }) => alert).filter((alert) => !fired.has(alert))).toEqual([]);
  });

  it('do not sum measurements of one server over the replicas', () => {
    const SHARED =
      /\b(?:sum|count)\b[^)]*\b(?:outbox_|dead_letters|amqp_queue_|cron_last|cron_interval|counter_)/;
    expect(rules.filter(({ expr }) => SHARED.test(expr)).map(({ alert }) => alert)).toEqual([]);
  });

  it('have no query with a pipe, which the table of the runbook would have to escape', () => {
    expect(rules.filter(({ expr }) => expr.includes('|')).map(({ alert }) => alert)).toEqual([]);
  });
});
