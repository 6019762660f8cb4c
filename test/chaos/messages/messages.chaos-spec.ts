import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { FULL } from '../../support/assertions/form.js';
import { acceptedMessages } from './accepted-messages.suite.js';
import { alarm } from './alarm.suite.js';
import { brokerOutage } from './broker-outage.suite.js';
import { crashPoints } from './crash-points.suite.js';
import { forgedMessages } from './forged-messages.suite.js';
import { leaderlessQueue } from './leaderless-queue.suite.js';
import { lostRedis } from './lost-redis.suite.js';
import { MessagesFixture } from './messages-fixture.js';

/** One fixture for all suites, since a broker starts slowly. */
describe('messages', () => {
  let fixture: MessagesFixture;

  beforeAll(async () => {
    fixture = await MessagesFixture.start({
      beside: ['grpc-server', 'gateway'],
      env: { APP__RABBITMQ__CONFIRM_TIMEOUT: '3s' },
    });
  });
  beforeEach(() => fixture.mend());
  afterEach(() => fixture.assertSettled());
  afterAll(() => fixture.close());

  crashPoints(() => fixture);
  if (FULL) {
    alarm(() => fixture);
    leaderlessQueue(() => fixture);
  }
  lostRedis(() => fixture);
  brokerOutage(() => fixture);
  acceptedMessages(() => fixture);
  // Last, since their messages are retried for a while.
  forgedMessages(() => fixture);
});
