import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { seededIds } from '../../lib/clock/ids.ts';
import { freePortOffset } from './free-ports.ts';

test('an offset with a taken port is passed over', async () => {
  const first = await freePortOffset('127.0.0.1', seededIds());
  const taken = createServer().listen(8774 + first, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  expect(await freePortOffset('127.0.0.1', seededIds())).not.toBe(first);
});
