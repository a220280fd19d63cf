import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settled } from '../../test/hand-clock.ts';
import { errorFor, replyTo, scriptedPeer, xdr } from '../../test/scripted-peer.ts';
import { EventRouter } from '../event-router.ts';
import { limits } from '../limits.ts';
import { call, programs } from '../protocol/procedure.ts';
import { int, string } from '../xdr/codec.ts';
import { invoke } from './invoke.ts';
import { packetTypes, type Packet } from './packet.ts';

const echo = call(7, [int], int);
const manner = { name: 'echo', timeoutMs: 1000 };
const answer = (packet: Packet): Packet => replyTo(packet, packet.payload);

const begin = async (calls = 1) => {
  const peer = scriptedPeer();
  const results = Array.from({ length: calls }, (_, index) => invoke(peer.connection, echo, [index], manner));
  for (const result of results) result.catch(() => undefined);
  await settled();
  return { ...peer, results };
};

test('replies find their calls in whatever order they come', async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
  await fc.assert(
    fc.asyncProperty(order, async (order) => {
      const { results, received, send } = await begin(8);
      await send(...order.flatMap((index) => received.slice(index, index + 1).map(answer)));
      expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }),
    { numRuns: 20 },
  );
});

test('an error reply rejects its call with code, number, origin and level, and no other', async () => {
  const { results, received, send } = await begin(2);
  const [first, second] = received;
  await send(errorFor(first!, 42), answer(second!));
  await expect(results[0]).rejects.toMatchObject({
    code: 'no-domain',
    number: 42,
    origin: 'qemu',
    level: 'error',
    message: 'no such thing',
  });
  await expect(results[1]).resolves.toBe(1);
});

test('an error with a number that this client does not know is still an error', async () => {
  const { results, received, send } = await begin();
  await send(errorFor(received[0]!, 9999));
  await expect(results[0]).rejects.toMatchObject({ code: 'unknown', number: 9999 });
});

test('a reply of the wrong shape fails its call, not the connection', async () => {
  const { connection, results, received, send } = await begin(2);
  await send(
    replyTo(
      received[0]!,
      xdr((writer) => writer.string('not a number')),
    ),
    answer(received[1]!),
  );
  await expect(results[0]).rejects.toMatchObject({ code: 'protocol-violation' });
  await expect(results[1]).resolves.toBe(1);
  expect(connection.isOpen).toBe(true);
});

test('a call without a reply ends at its time limit, and a late reply hurts nobody', async () => {
  const { clock, connection, results, received, send } = await begin();
  await clock.advance(999);
  expect(connection.outstandingCalls).toBe(1);
  await clock.advance(1);
  await expect(results[0]).rejects.toMatchObject({ code: 'call-timed-out', message: expect.stringContaining('echo') });
  expect(connection.outstandingCalls).toBe(0);
  await send(answer(received[0]!));
  const next = invoke(connection, echo, [5], manner);
  await settled();
  await send(answer(received[1]!));
  expect(await next).toBe(5);
});

test('an answered call leaves no timer behind', async () => {
  const { clock, results, received, send } = await begin();
  await send(answer(received[0]!));
  await results[0];
  expect(clock.sleepers).toBe(0);
});

test('a lost connection fails every call, now and later, and says why', async () => {
  const { connection, results, hangUp } = await begin(50);
  hangUp();
  const outcomes = await Promise.allSettled(results);
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'connection-lost')).toBe(true);
  await expect(invoke(connection, echo, [1], manner)).rejects.toMatchObject({ code: 'connection-lost' });
  expect(await connection.ended).toMatchObject({ code: 'connection-lost' });
});

test.each([
  ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a call, which only a client sends', Buffer.from('0000001c200080860000000100000001000000000000000100000000', 'hex')],
])('%s from the peer ends the connection with the cause', async (_what, bytes) => {
  const { connection, results, sendBytes } = await begin();
  sendBytes(bytes);
  await expect(results[0]).rejects.toMatchObject({ code: 'connection-lost', cause: { code: 'protocol-violation' } });
  expect(connection.isOpen).toBe(false);
});

test('calls beyond the limit are refused, not queued', async () => {
  const { connection, results, hangUp } = await begin(limits.outstandingCalls);
  await expect(invoke(connection, echo, [1], manner)).rejects.toMatchObject({ code: 'too-many-calls' });
  hangUp();
  await Promise.allSettled(results);
});

test('a ping is answered with a pong', async () => {
  const { received, send } = scriptedPeer();
  await send({ program: programs.keepalive, procedure: 1, type: packetTypes.message, serial: 0, status: 0, payload: Buffer.alloc(0) });
  expect(received).toMatchObject([{ program: programs.keepalive, procedure: 2, type: packetTypes.message }]);
});

const rebooted = (packet: Packet, callback: number): Packet => ({
  ...packet,
  procedure: 319,
  serial: 0,
  type: packetTypes.message,
  payload: xdr((writer) => {
    writer.int(callback);
    string.write(writer, 'a');
    writer.fixed(Buffer.alloc(16));
    writer.int(1);
  }),
});

describe('events', () => {
  test('an event in the same chunk as the reply to its registration is delivered; those of others are not', async () => {
    const { connection, received, send } = scriptedPeer();
    const seen: string[] = [];
    const subscribed = new EventRouter(connection, 1000).on('reboot', ({ domain }) => seen.push(domain.name));
    await settled();
    const registration = received[0]!;
    await send(
      replyTo(
        registration,
        xdr((writer) => writer.int(3)),
      ),
      rebooted(registration, 3),
      rebooted(registration, 4),
    );
    await subscribed;
    expect(seen).toEqual(['a']);
  });

  test('an iteration ends with stop, and throws when the connection is lost', async () => {
    const { connection, received, send, hangUp } = scriptedPeer();
    const router = new EventRouter(connection, 1000);
    const feeds = [router.feed('reboot'), router.feed('reboot')];
    await settled();
    await send(
      ...received.map((packet, index) =>
        replyTo(
          packet,
          xdr((writer) => writer.int(index)),
        ),
      ),
      rebooted(received[0]!, 0),
    );
    const [stopped, lost] = await Promise.all(feeds);
    const stopping = stopped!.stop();
    await settled();
    await send(replyTo(received[2]!));
    await stopping;
    expect((await Array.fromAsync(stopped!)).map(({ domain }) => domain.name)).toEqual(['a']);
    hangUp();
    await expect(Array.fromAsync(lost!)).rejects.toMatchObject({ code: 'connection-lost' });
  });
});
