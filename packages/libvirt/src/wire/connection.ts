import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { is, LibvirtError } from '../libvirt-error.ts';
import { programs } from '../protocol/procedure.ts';
import type { Decoder } from '../xdr/codec.ts';
import type { XdrReader } from '../xdr/xdr-reader.ts';
import { encodePacket, packetTypes, PacketSplitter, statuses, type Packet } from './packet.ts';
import { PendingCalls, type Request } from './pending-calls.ts';
import { RemoteStream } from './remote-stream.ts';

/** The destination of a call and its payload. */
export interface Target {
  readonly program: number;
  readonly procedure: number;
  readonly payload: Buffer;
}

const pings = { ping: 1, pong: 2 } as const;
const noPayload = Buffer.alloc(0);
const ignore = (): void => undefined;

/**
 * One socket to a daemon: sends calls, and routes each received packet to its call, stream or listener.
 * It does not know what procedures mean. When it ends, for any reason, everything that waits fails with a typed error.
 */
export class Connection {
  /** Receives the events; set once, before the first registration. */
  onEvent: (packet: Packet) => void = ignore;
  /** Fulfilled with the reason once the connection has ended. */
  readonly ended: Promise<LibvirtError>;
  readonly #socket: Duplex;
  readonly #calls: PendingCalls;
  readonly #streams = new Map<number, RemoteStream<unknown>>();
  readonly #announceEnd: (reason: LibvirtError) => void;
  #endReason: LibvirtError | undefined;
  #packetsHeard = 0;

  constructor(socket: Duplex, clock: Clock) {
    const { promise, resolve } = Promise.withResolvers<LibvirtError>();
    this.ended = promise;
    this.#announceEnd = resolve;
    this.#socket = socket;
    this.#calls = new PendingCalls(clock);
    const splitter = new PacketSplitter();
    socket.on('data', (chunk: Buffer) => this.#receive(splitter, chunk));
    socket.on('error', (cause) => this.end(lost({ cause })));
    socket.on('end', () => this.end(lost()));
    socket.on('close', () => this.end(lost()));
  }

  get isOpen(): boolean {
    return this.#endReason === undefined;
  }

  /** How many calls wait for their reply. */
  get outstandingCalls(): number {
    return this.#calls.size;
  }

  /** How many packets of any kind have arrived: while it grows, the peer is alive. */
  get packetsHeard(): number {
    return this.#packetsHeard;
  }

  async call<T>(target: Target, request: Request<T>): Promise<T> {
    if (this.#endReason !== undefined) throw this.#endReason;
    return this.#calls.add(request, (serial) => this.#send({ ...target, type: packetTypes.call, serial, status: statuses.ok }));
  }

  async openStream<R>(target: Target, request: Omit<Request<R>, 'decode'>, result: Decoder<R>): Promise<RemoteStream<R>> {
    if (this.#endReason !== undefined) throw this.#endReason;
    // Registered before the call is sent: the daemon may send data, even all of it, before the reply.
    const stream = new RemoteStream<R>();
    const decode = (reader: XdrReader): RemoteStream<R> => stream.open(result.read(reader));
    try {
      return await this.#calls.add({ ...request, decode }, (serial) => {
        this.#addStream(target, serial, stream);
        this.#send({ ...target, type: packetTypes.call, serial, status: statuses.ok });
      });
    } catch (error) {
      // After a timeout the daemon may still have opened the stream, so it must be aborted; after an error there is none.
      if (is(error, 'call-timed-out')) stream.destroy();
      else stream.abandon();
      throw error;
    }
  }

  ping(): void {
    if (this.isOpen) this.#sendKeepalive(pings.ping);
  }

  /** Ends the connection at once; later calls are no-ops. */
  end(reason: LibvirtError): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#socket.destroy();
    this.#calls.failAll(reason);
    for (const stream of this.#streams.values()) stream.destroy(reason);
    this.#announceEnd(reason);
  }

  #receive(splitter: PacketSplitter, chunk: Buffer): void {
    try {
      for (const packet of splitter.push(chunk)) {
        if (this.isOpen) this.#dispatch(packet);
      }
    } catch (cause) {
      this.end(lost({ cause }));
    }
  }

  #dispatch(packet: Packet): void {
    this.#packetsHeard += 1;
    if (packet.program === programs.keepalive) {
      if (packet.procedure === pings.ping) this.#sendKeepalive(pings.pong);
    } else if (packet.type === packetTypes.reply) {
      this.#calls.settle(packet);
    } else if (packet.type === packetTypes.stream) {
      // The daemon may still send data of a stream that we aborted: drop it.
      this.#streams.get(packet.serial)?.receive(packet);
    } else if (packet.type === packetTypes.message) {
      this.onEvent(packet);
    } else {
      throw new LibvirtError('protocol-violation', `The peer sent a packet of type ${packet.type}, which only a client sends.`);
    }
  }

  #addStream(target: Target, serial: number, stream: RemoteStream<unknown>): void {
    this.#streams.set(serial, stream);
    stream.attach({
      send: (status, payload, sent) => {
        if (this.#endReason !== undefined) return sent(this.#endReason);
        this.#send({ ...target, payload, type: packetTypes.stream, serial, status }, sent);
      },
      forget: () => this.#streams.delete(serial),
    });
  }

  #sendKeepalive(procedure: number): void {
    this.#send({
      program: programs.keepalive,
      procedure,
      type: packetTypes.message,
      serial: 0,
      status: statuses.ok,
      payload: noPayload,
    });
  }

  #send(packet: Packet, sent: (error?: Error | null) => void = ignore): void {
    this.#socket.write(encodePacket(packet), sent);
  }
}

const lost = (details: ErrorOptions = {}): LibvirtError =>
  new LibvirtError('connection-lost', 'The connection to the libvirt daemon was lost.', details);
