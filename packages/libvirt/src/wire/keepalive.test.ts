import { expect, test } from 'vitest';
import { scriptedPeer } from '../../test/scripted-peer.ts';
import { call, programs } from '../protocol/procedure.ts';
import { nothing } from '../xdr/codec.ts';
import { invoke } from './invoke.ts';
import { keepAlive } from './keepalive.ts';
import { packetTypes } from './packet.ts';

const pong = { program: programs.keepalive, procedure: 2, type: packetTypes.message, serial: 0, status: 0, payload: Buffer.alloc(0) };

const begin = () => {
  const peer = scriptedPeer();
  return { ...peer, over: keepAlive(peer.connection, peer.clock, { intervalMs: 1000, misses: 2 }) };
};

test('a daemon that answers pings is left alone, and asked until the end', async () => {
  const { clock, connection, received, send, over, hangUp } = begin();
  for (let second = 0; second < 20; second++) {
    await clock.advance(1000);
    await send(pong);
  }
  expect(connection.isOpen).toBe(true);
  expect(received).toHaveLength(20);
  hangUp();
  await over;
});

test('a daemon that stays silent is gone after one silence more than allowed', async () => {
  const { clock, connection, over } = begin();
  await clock.advance(1000);
  await clock.advance(1000);
  expect(connection.isOpen).toBe(true);
  await clock.advance(1000);
  expect(await connection.ended).toMatchObject({ code: 'connection-lost' });
  await over;
});

test('silence proves nothing while the daemon is busy with as many calls as it takes at once', async () => {
  const { clock, connection, over, hangUp } = begin();
  const calls = Array.from({ length: 5 }, () => invoke(connection, call(1, [], nothing), [], { name: 'slow', timeoutMs: 1_000_000 }));
  const outcomes = Promise.allSettled(calls);
  for (let second = 0; second < 20; second++) await clock.advance(1000);
  expect(connection.isOpen).toBe(true);
  hangUp();
  await outcomes;
  await over;
});
