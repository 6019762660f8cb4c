import { globSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { LONG } from '../../support/assertions/form.js';
import { Replicas } from './replicas.js';

const [LIBFAKETIME] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
const SECONDS = 60;
const EVERY_SECOND = { cron: '* * * * * *' };

/** The short form is the unit spec of the scheduler, where the test controls the clock. */
const reason = !LONG
  ? ' (skipped: the long form, npm run chaos)'
  : LIBFAKETIME === undefined
    ? " (skipped: Debian's package faketime is not installed)"
    : undefined;

(reason ? describe.skip : describe)(
  `three replicas whose clocks differ by ten seconds${reason ?? ''}`,
  () => {
    let replicas: Replicas;

    beforeEach(async () => {
      replicas = await Replicas.create();
    });
    afterEach(() => replicas.remove());

    it(
      `run each of ${SECONDS} scheduled times once, and none too early`,
      async () => {
        const jobs = { 'chaos.run-once': EVERY_SECOND, 'chaos.skip': EVERY_SECOND };
        const started = await Promise.all(
          ['+5s', '-5s', '+0s'].map((shift) =>
            replicas.start(jobs, {
              LD_PRELOAD: LIBFAKETIME ?? '',
              FAKETIME: shift,
              FAKETIME_DONT_FAKE_MONOTONIC: '1',
            }),
          ),
        );
        const [ahead = 0, behind = 0] = started.map(({ clock }) => clock);
        expect(ahead - behind).toBeGreaterThan(7_000);
        const begun = Date.now();
        await eventually(() => expect(Date.now()).toBeGreaterThan(begun + SECONDS * 1_000), {
          within: (SECONDS + 10) * 1_000,
        });
        for (const job of Object.keys(jobs)) {
          const visits = (await replicas.visits()).filter((visit) => visit.job === job);
          const instants = visits.map(({ scheduled_at }) => scheduled_at.getTime());
          const [first = 0] = instants;
          expect(instants).toEqual(instants.map((_instant, index) => first + index * 1_000));
          expect(instants.length).toBeGreaterThanOrEqual(SECONDS);
          for (const { visited_at, scheduled_at } of visits)
            expect(visited_at.getTime()).toBeGreaterThanOrEqual(scheduled_at.getTime());
        }
      },
      (SECONDS + 60) * 1_000,
    );
  },
);
