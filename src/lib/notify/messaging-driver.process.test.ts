import { connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../../../test/support/rabbitmq.ts';
import { systemClock } from '../clock/clock.ts';
import { silentLog } from '../log/log.ts';
import { MessagingDriver, type MessagingOptions } from './messaging-driver.ts';
import type { Outgoing } from './outgoing.ts';

const missing = rabbitmqMissing();

const message = (number: number, priority = 'INFO'): Outgoing => ({
  topic: 'notifications',
  priority,
  message: {
    message_id: `id-${number}`,
    publisher_id: 'compute.node-1',
    event_type: 'compute.instance.pause.end',
    priority,
    payload: { number },
    timestamp: '2026-11-30 12:14:00.000000',
    _unique_id: `unique${number}`,
    _context_request_id: 'req-1',
  },
});
const lasting = (number: number) => [{ ...message(number), topic: 'lasting' }];
const several = (from: number, count: number) => Array.from({ length: count }, (_, place) => message(from + place));

const numbersIn = (bodies: readonly Record<string, unknown>[]) =>
  bodies.map((body) => (JSON.parse(String(body['oslo.message'])) as { payload: { number: number } }).payload.number);

describe.skipIf(missing !== undefined && process.env.CI !== 'true')(`notifications over RabbitMQ${missing ? ` (${missing})` : ''}`, () => {
  let broker: Rabbitmq;
  const drivers: MessagingDriver[] = [];
  beforeAll(async () => {
    broker = await startRabbitmq();
  });
  afterEach(() => Promise.all(drivers.splice(0).map((driver) => driver.close())));
  afterAll(() => broker?.stop());

  const open = (more: Partial<MessagingOptions> = {}) => {
    const form = { exchange: 'nova', durable: false, autoDelete: false, enveloped: true };
    const driver = new MessagingDriver({ url: broker.url, clock: systemClock, log: silentLog, ...form, ...more });
    drivers.push(driver);
    return driver;
  };
  /** Takes all messages out of a queue. */
  const drain = async (queue: string): Promise<readonly Record<string, unknown>[]> => {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    const bodies: Record<string, unknown>[] = [];
    for (let got = await channel.get(queue, { noAck: true }); got; got = await channel.get(queue, { noAck: true }))
      bodies.push(JSON.parse(got.content.toString()) as Record<string, unknown>);
    await connection.close();
    return bodies;
  };

  test('arrive in order, in an envelope, in the queue of their level, although nobody listens yet', async () => {
    await open().send([...several(1, 50), message(51, 'ERROR')]);
    const bodies = await drain('notifications.info');
    expect(bodies[0]?.['oslo.version']).toBe('2.0');
    expect(JSON.parse(String(bodies[0]?.['oslo.message']))).toEqual(message(1).message);
    expect(numbersIn(bodies)).toEqual(Array.from({ length: 50 }, (_, place) => place + 1));
    expect(numbersIn(await drain('notifications.error'))).toEqual([51]);
  });

  test('go without an envelope where the driver is the older one', async () => {
    await open({ enveloped: false }).send([message(1)]);
    expect(await drain('notifications.info')).toEqual([message(1).message]);
  });

  test('use the exchange and the queues of a consumer that declared them in another form', async () => {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.assertExchange('other', 'topic', { durable: true });
    await channel.assertQueue('strange.info', { durable: true, maxLength: 1_000 });
    await channel.bindQueue('strange.info', 'other', 'strange.info');
    await connection.close();
    const driver = open({ exchange: 'other' });
    await driver.send([{ ...message(7), topic: 'strange' }]);
    await driver.send([{ ...message(8), topic: 'strange' }]);
    expect(numbersIn(await drain('strange.info'))).toEqual([7, 8]);
  });

  test('do not fill a queue that nobody empties', async () => {
    const driver = open({ maxWaiting: 10 });
    await driver.send(several(1, 10));
    await expect(driver.send([message(11)])).rejects.toThrow('10 of them wait in the queue notifications.info, which nobody consumes');
    await drain('notifications.info');
    await driver.send([message(11)]);
    expect(numbersIn(await drain('notifications.info'))).toEqual([11]);
  });

  test('fail where their queue is deleted, and make it again', async () => {
    const driver = open();
    await driver.send([message(1)]);
    const connection = await connect(broker.url);
    await (await connection.createChannel()).deleteQueue('notifications.info');
    await connection.close();
    await expect(driver.send([message(2)])).rejects.toMatchObject({ kind: 'unavailable' });
    await expect
      .poll(
        () =>
          driver.send([message(2)]).then(
            () => 'sent',
            () => 'failed',
          ),
        { timeout: 10_000 },
      )
      .toBe('sent');
    expect(numbersIn(await drain('notifications.info'))).toEqual([2]);
  });

  test('fail while the broker is away, and arrive once it is back', { timeout: 60_000 }, async () => {
    const driver = open({ exchange: 'lasting', durable: true });
    await driver.send(lasting(1));
    await broker.kill9();
    await expect(driver.send(lasting(2))).rejects.toMatchObject({ code: 'NotificationsUndelivered' });
    await broker.restart();
    await expect
      .poll(
        () =>
          driver.send(lasting(2)).then(
            () => 'sent',
            () => 'failed',
          ),
        { timeout: 30_000, interval: 500 },
      )
      .toBe('sent');
    expect([...new Set(numbersIn(await drain('lasting.info')))]).toEqual([1, 2]);
  });
});
