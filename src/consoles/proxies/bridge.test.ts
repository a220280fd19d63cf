import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../lib/clock/clock.ts';
import { bridge, type BridgeLimits } from './bridge.ts';

const MESSAGES = 100;
const forEver: BridgeLimits = { clock: systemClock, idleMs: 0, leftMs: undefined };

/** Both ends of a viewer's connection. */
async function connected(): Promise<{ viewer: WebSocket; client: WebSocket }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.terminate());
  const [[viewer]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  return { viewer, client };
}

/** The code with which a session ends. */
const endOf = async (client: WebSocket) => (await once(client, 'close'))[0] as number;

const silentGuest = () => new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });

test('a guest that takes its time gets every message of a hasty viewer, and is waited for by one listener', async () => {
  const { viewer, client } = await connected();
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
  const ended = bridge(viewer, guest, forEver);
  viewer.on('message', () => (mostWaiting = Math.max(mostWaiting, guest.listenerCount('drain'))));
  const sent = Array.from({ length: MESSAGES }, (_, index) => `${index}`);
  for (const text of sent) client.send(text);
  await expect.poll(() => taken.length).toBe(MESSAGES);
  expect([taken, mostWaiting]).toEqual([sent, 1]);
  client.close();
  await ended;
});

test('a guest that says more than its viewer reads is not read on, until the viewer does', async () => {
  const [CHUNK, ALL] = [64 * 1024, 64 * 1024 * 1024];
  const { viewer, client } = await connected();
  let said = 0;
  const guest = new Duplex({
    read: (): void => void (said < ALL ? ((said += CHUNK), guest.push(Buffer.alloc(CHUNK))) : undefined),
    write: (_chunk, _encoding, done) => done(),
  });
  let read = 0;
  client.on('message', (data: Buffer) => (read += data.length));
  client.pause();
  const ended = bridge(viewer, guest, forEver);
  let before = -1;
  await expect.poll(() => before === (before = said), { interval: 300, timeout: 10_000 }).toBe(true);
  // What both ends of the socket hold comes on top of what waits here.
  expect(said).toBeLessThan(ALL / 2);
  expect(viewer.bufferedAmount).toBeLessThan(1024 * 1024);
  client.resume();
  await expect.poll(() => read, { timeout: 20_000 }).toBe(ALL);
  client.close();
  await ended;
});

test('a session without a byte ends; one with bytes goes on', async () => {
  const [idle, busy] = [await connected(), await connected()];
  for (const { viewer } of [idle, busy]) void bridge(viewer, silentGuest(), { ...forEver, idleMs: 400 });
  const typing = setInterval(() => busy.client.send('x'), 50);
  onTestFinished(() => clearInterval(typing));
  expect(await endOf(idle.client)).toBe(4408);
  await systemClock.sleep(400);
  expect(busy.client.readyState).toBe(WebSocket.OPEN);
});

test('a session ends when its time is over, and when its viewer sends what it may not', async () => {
  const [timed, wild] = [await connected(), await connected()];
  void bridge(timed.viewer, silentGuest(), { ...forEver, leftMs: 50 });
  void bridge(wild.viewer, silentGuest(), { ...forEver, take: () => undefined });
  wild.client.send('x');
  expect(await Promise.all([endOf(timed.client), endOf(wild.client)])).toEqual([4401, 4403]);
});
