import { duplexPair } from 'node:stream';
import { Connection } from '../src/wire/connection.ts';
import { encodePacket, packetTypes, PacketSplitter, statuses, type Packet } from '../src/wire/packet.ts';
import { XdrWriter } from '../src/xdr/xdr-writer.ts';
import { HandClock, settled } from './hand-clock.ts';

/** The daemon's end of a connection, played by a test: records what arrives and sends what the test tells it to. */
export const scriptedPeer = () => {
  const [ours, theirs] = duplexPair();
  const received: Packet[] = [];
  const splitter = new PacketSplitter();
  theirs.on('data', (chunk: Buffer) => received.push(...splitter.push(chunk)));
  const clock = new HandClock();
  const send = async (...packets: readonly Packet[]): Promise<void> => {
    // In one chunk: the hardest case for the splitter.
    theirs.write(Buffer.concat(packets.map(encodePacket)));
    await settled();
    await settled();
  };
  return {
    connection: new Connection(ours, clock),
    clock,
    received,
    send,
    sendBytes: (bytes: Buffer) => theirs.write(bytes),
    hangUp: () => theirs.end(),
  };
};

/** XDR bytes written by the test. */
export const xdr = (write: (writer: XdrWriter) => void): Buffer => {
  const writer = new XdrWriter();
  write(writer);
  return Buffer.from(writer.finish());
};

/** The successful reply to a call. */
export const replyTo = (call: Packet, payload: Buffer = Buffer.alloc(0)): Packet => ({
  ...call,
  type: packetTypes.reply,
  status: statuses.ok,
  payload,
});

/** The failed reply to a call, or the failure of its stream. */
export const errorFor = (call: Packet, code: number, type: number = packetTypes.reply): Packet => ({
  ...call,
  type,
  status: statuses.error,
  payload: xdr((writer) => {
    writer.int(code);
    writer.int(10);
    writer.int(1);
    writer.string('no such thing');
    writer.int(2);
    // What libvirt appends: no guest, three absent strings, two numbers, no network.
    for (let word = 0; word < 7; word++) writer.int(0);
  }),
});

/** Data of the stream that a call opened; empty data marks its end. */
export const streamData = (call: Packet, data: string): Packet => ({
  ...call,
  type: packetTypes.stream,
  status: statuses.continue,
  payload: Buffer.from(data),
});

/** The daemon's confirmation of the end of a stream. */
export const streamEnd = (call: Packet): Packet => ({ ...call, type: packetTypes.stream, status: statuses.ok, payload: Buffer.alloc(0) });
