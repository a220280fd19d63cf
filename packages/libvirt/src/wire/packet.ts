import { LibvirtError } from '../libvirt-error.ts';
import { limits } from '../limits.ts';

/** What a packet is for. */
export const packetTypes = { call: 0, reply: 1, message: 2, stream: 3 } as const;

/** The status of a packet; `continue` is stream data. */
export const statuses = { ok: 0, error: 1, continue: 2 } as const;

/** The unit that both sides send: a header for routing, followed by XDR or raw stream data. */
export interface Packet {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  /** Chosen by the caller; the call's reply and stream carry the same serial. */
  readonly serial: number;
  readonly status: number;
  readonly payload: Buffer;
}

const lengthBytes = 4;
const headerBytes = 24;
const protocolVersion = 1;
const noPayload = Buffer.alloc(0);

/** Encodes a packet, prefixed with its length. */
export const encodePacket = ({ program, procedure, type, serial, status, payload }: Packet): Buffer => {
  const length = lengthBytes + headerBytes + payload.length;
  if (length > limits.packetBytes)
    throw new LibvirtError('invalid-arg', `A packet of ${length} bytes is larger than ${limits.packetBytes}.`);
  const bytes = Buffer.allocUnsafe(length);
  [length, program, protocolVersion, procedure, type, serial, status].forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
  payload.copy(bytes, lengthBytes + headerBytes);
  return bytes;
};

/** Splits a byte stream into packets, wherever the chunks were cut. After an error the stream is unusable. */
export class PacketSplitter {
  // Chunks are joined only once a packet is complete: joining at each arrival would copy a large packet hundreds of times.
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = lengthBytes;

  /** The packets that this chunk completes. */
  *push(chunk: Buffer): Generator<Packet, void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#needed) {
      const [head = noPayload, ...more] = this.#chunks;
      const joined = more.length === 0 ? head : Buffer.concat(this.#chunks);
      const length = packetLength(joined);
      const complete = joined.length >= length;
      this.#keep(complete ? joined.subarray(length) : joined, complete ? lengthBytes : length);
      if (complete) yield decodePacket(joined.subarray(0, length));
    }
  }

  #keep(rest: Buffer, needed: number): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    this.#needed = needed;
  }
}

const packetLength = (bytes: Buffer): number => {
  const length = bytes.readUInt32BE(0);
  if (length < lengthBytes + headerBytes || length > limits.packetBytes) {
    throw new LibvirtError('protocol-violation', `The peer sent a packet of ${length} bytes; is that a libvirt daemon?`);
  }
  return length;
};

const decodePacket = (bytes: Buffer): Packet => {
  const word = (index: number): number => bytes.readUInt32BE(index * 4);
  if (word(2) !== protocolVersion)
    throw new LibvirtError('protocol-violation', `The peer speaks version ${word(2)} of program ${word(1)}.`);
  const payload = bytes.length > lengthBytes + headerBytes ? bytes.subarray(lengthBytes + headerBytes) : noPayload;
  return { program: word(1), procedure: word(3), type: word(4), serial: word(5), status: word(6), payload };
};
