import { expect, test } from 'vitest';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../../../../test/support/rabbitmq.ts';
import { systemIds } from '../../clock/ids.ts';
import { systemClock } from '../../clock/clock.ts';
import { silentLog } from '../../log/log.ts';
import { describeBus } from '../bus.contract.ts';
import { MAX_QUEUED_IN_TESTS } from '../bus-suite/bus-lab.ts';
import { rabbitmqBus } from './rabbitmq-bus.ts';

const missing = rabbitmqMissing();

if (missing === undefined || process.env.CI === 'true') {
  describeBus('RabbitMQ', async () => {
    const broker: Rabbitmq = await startRabbitmq();
    return {
      connect: () => rabbitmqBus({ url: broker.url, clock: systemClock, ids: systemIds, log: silentLog, maxQueued: MAX_QUEUED_IN_TESTS }),
      stop: () => broker.stop(),
    };
  });
} else {
  test.skip(`the RabbitMQ bus: ${missing}`, () => expect(missing).toBeUndefined());
}
