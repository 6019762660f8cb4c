import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { acceptedMessages } from './accepted-messages.suite.js';
import { alarm } from './alarm.suite.js';
import { brokerOutage } from './broker-outage.suite.js';
import { crashPoints } from './crash-points.suite.js';
import { forgedMessages } from './forged-messages.suite.js';
import { leaderlessQueue } from './leaderless-queue.suite.js';
import { lostRedis } from './lost-redis.suite.js';
import { MessagesHouse } from './messages-house.js';

/** One house for them all: a broker takes its time to start. */
describe('messages', () => {
  let house: MessagesHouse;

  beforeAll(async () => {
    house = await MessagesHouse.start({
      beside: ['grpc-server', 'gateway'],
      env: { APP__RABBITMQ__CONFIRM_TIMEOUT: '3s' },
    });
  }, 120_000);
  beforeEach(() => house.mend());
  afterEach(() => house.assertSettled());
  afterAll(() => house.close(), 60_000);

  crashPoints(() => house);
  alarm(() => house);
  leaderlessQueue(() => house);
  lostRedis(() => house);
  brokerOutage(() => house);
  acceptedMessages(() => house);
  // Last: what they leave is tried again for a while.
  forgedMessages(() => house);
});
