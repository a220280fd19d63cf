import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { seededIds } from '../src/lib/clock/ids.ts';
import { defaultPorts } from '../src/cmd/nova-config.ts';
import { LOWEST_OFFSET, OFFSET_STEP, STEPS, takePortOffset } from './free-ports.ts';

test('an offset is given once, although nothing listens there yet', async () => {
  const first = await takePortOffset('127.0.0.1', seededIds());
  expect(await takePortOffset('127.0.0.1', seededIds())).not.toBe(first);
});

test('an offset with a taken port is passed over', async () => {
  const SEED = 2;
  const first = LOWEST_OFFSET + OFFSET_STEP * seededIds(SEED).below(STEPS);
  const taken = createServer().listen(defaultPorts.compute + first, '127.0.0.2');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  expect(await takePortOffset('127.0.0.2', seededIds(SEED))).not.toBe(first);
});

test('clouds at different offsets share no port', () => {
  const ports = Object.values(defaultPorts);
  expect(new Set(ports.map((port) => port % OFFSET_STEP)).size).toBe(ports.length);
});
