import { expect, test } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededIds } from '../clock/ids.ts';
import { silentLog } from '../log/log.ts';
import { busFor } from './bus-for.ts';
import { maskedUrl } from './rabbitmq/broker-url.ts';

const deps = { clock: new ManualClock(), ids: seededIds(), log: silentLog };

test('a memory URL gives a bus at once', async () => {
  const bus = await busFor('memory://', deps);
  expect(bus.healthy()).toBe(true);
  await bus.close();
});

test.each(['rabbit://u:secret@h', 'nonsense', ''])('the transport URL %j is refused without being repeated', async (url) => {
  await expect(busFor(url, deps)).rejects.toMatchObject({ code: 'MessagingUnavailable', message: expect.not.stringContaining('secret') });
});

test('a broker URL is shown without its password and its options', () => {
  expect(maskedUrl('amqps://nova:p%40ss@mq.example:5671/cloud?heartbeat=5')).toBe('amqps://nova:***@mq.example:5671/cloud');
});
