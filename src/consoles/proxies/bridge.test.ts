import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../lib/clock/clock.ts';
import { bridge } from './bridge.ts';

const MESSAGES = 100;

test('a guest that takes its time gets every message of a hasty viewer, and is waited for by one listener', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.terminate());
  const [[viewer]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  const taken: string[] = [];
  let mostWaiting = 0;
  const guest = new Duplex({
    writableHighWaterMark: 1,
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      taken.push(chunk.toString());
      setImmediate(done);
    },
  });
  const ended = bridge(viewer, guest, { clock: systemClock, idleMs: 0, leftMs: undefined });
  viewer.on('message', () => (mostWaiting = Math.max(mostWaiting, guest.listenerCount('drain'))));
  const sent = Array.from({ length: MESSAGES }, (_, index) => `${index}`);
  for (const text of sent) client.send(text);
  await expect.poll(() => taken.length).toBe(MESSAGES);
  expect([taken, mostWaiting]).toEqual([sent, 1]);
  client.close();
  await ended;
});
