import { expect, test } from 'vitest';
import { settled } from '../../test/hand-clock.ts';
import { errorFor, replyTo, scriptedPeer, streamData, streamEnd, xdr } from '../../test/scripted-peer.ts';
import { limits } from '../limits.ts';
import { stream } from '../protocol/procedure.ts';
import { int, string } from '../xdr/codec.ts';
import { invokeStream } from './invoke.ts';
import { packetTypes, statuses, type Packet } from './packet.ts';

const open = async (...behind: readonly ((call: Packet) => Packet)[]) => {
  const peer = scriptedPeer();
  const opening = invokeStream(peer.connection, stream(8, [int], string), [1], { name: 'open', timeoutMs: 1000 });
  await settled();
  const call = peer.received[0]!;
  const reply = replyTo(
    call,
    xdr((writer) => writer.string('image/png')),
  );
  await peer.send(reply, ...behind.map((packet) => packet(call)));
  const sent = () =>
    peer.received.slice(1).map(({ type, serial, status, payload }) => ({ type, serial, status, data: payload.toString() }));
  return { ...peer, call, stream: await opening, sent };
};

const inStream = (call: Packet, status: number, data = '') => ({ type: packetTypes.stream, serial: call.serial, status, data });

test('data right behind the reply is read to the end, and the end is confirmed to the daemon', async () => {
  const { call, stream, send, sent } = await open(
    (call) => streamData(call, 'hello '),
    (call) => streamData(call, 'world'),
    (call) => streamData(call, ''),
  );
  expect(stream.result).toBe('image/png');
  const read = Array.fromAsync(stream);
  await settled();
  await send(streamEnd(call));
  expect(Buffer.concat(await read).toString()).toBe('hello world');
  expect(sent()).toEqual([inStream(call, statuses.ok)]);
});

test('what is written is sent in pieces that any daemon takes', async () => {
  const { stream, received } = await open();
  stream.write('x'.repeat(limits.streamChunkBytes + 10));
  await settled();
  await settled();
  expect(received.slice(1).map(({ payload }) => payload.length)).toEqual([limits.streamChunkBytes, 10]);
});

test('destroy aborts the stream at the daemon, once', async () => {
  const { call, stream, send, sent } = await open();
  stream.destroy();
  await send(streamData(call, 'still on its way'), streamEnd(call));
  expect(sent()).toEqual([inStream(call, statuses.error)]);
});

test('an error of the stream arrives with its code and is not answered', async () => {
  const { stream, sent } = await open((call) => errorFor(call, 38, packetTypes.stream));
  await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'system-error' });
  expect(sent()).toEqual([]);
});

test('a lost connection fails the stream', async () => {
  const { stream, hangUp } = await open();
  hangUp();
  await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'connection-lost' });
});

test('a stream that nobody reads fails alone; the connection goes on', async () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const { call, connection, stream, send } = await open();
  const failed = new Promise((resolve) => stream.once('error', resolve));
  for (let megabytes = 0; megabytes <= limits.streamBacklogBytes / megabyte.length; megabytes++) await send(streamData(call, megabyte));
  expect(await failed).toMatchObject({ code: 'backlog-overflow' });
  expect(connection.isOpen).toBe(true);
});

test('data that overtakes the reply is not lost', async () => {
  const { connection, received, send } = scriptedPeer();
  const opening = invokeStream(connection, stream(8, [int], string), [1], { name: 'open', timeoutMs: 1000 });
  await settled();
  const call = received[0]!;
  const reply = replyTo(
    call,
    xdr((writer) => writer.string('image/png')),
  );
  await send(streamData(call, 'all of it'), streamData(call, ''), reply);
  const opened = await opening;
  expect(opened.result).toBe('image/png');
  expect(Buffer.concat(await Array.fromAsync(opened)).toString()).toBe('all of it');
});

test('a stream that is refused is not given up at the daemon; one without an answer is', async () => {
  const { clock, connection, received, send } = scriptedPeer();
  const openings = [1, 2].map((arg) => invokeStream(connection, stream(8, [int], string), [arg], { name: 'open', timeoutMs: 1000 }));
  const outcomes = Promise.allSettled(openings);
  await settled();
  await send(errorFor(received[0]!, 3));
  await clock.advance(1000);
  expect(await outcomes).toMatchObject([{ reason: { code: 'no-support' } }, { reason: { code: 'call-timed-out' } }]);
  await settled();
  expect(received.slice(2)).toMatchObject([{ type: packetTypes.stream, status: statuses.error, serial: received[1]!.serial }]);
});
