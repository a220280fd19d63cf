import { limits } from '../limits.ts';
import { LibvirtError } from '../libvirt-error.ts';

const startBytes = 256;

/** Builds XDR (RFC 4506): big endian, everything padded to four bytes. Refuses to grow beyond one packet. */
export class XdrWriter {
  #bytes = Buffer.allocUnsafe(startBytes);
  #length = 0;

  int(value: number): void {
    refuseUnless(Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff, `${value} is not a signed 32 bit integer`);
    const at = this.#take(4);
    this.#bytes.writeInt32BE(value, at);
  }

  uint(value: number): void {
    refuseUnless(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, `${value} is not an unsigned 32 bit integer`);
    const at = this.#take(4);
    this.#bytes.writeUInt32BE(value, at);
  }

  hyper(value: bigint): void {
    refuseUnless(BigInt.asIntN(64, value) === value, `${value} is not a signed 64 bit integer`);
    const at = this.#take(8);
    this.#bytes.writeBigInt64BE(value, at);
  }

  uhyper(value: bigint): void {
    refuseUnless(BigInt.asUintN(64, value) === value, `${value} is not an unsigned 64 bit integer`);
    const at = this.#take(8);
    this.#bytes.writeBigUInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#take(8);
    this.#bytes.writeDoubleBE(value, at);
  }

  /** Bytes of a fixed length, padded. */
  fixed(value: Uint8Array): void {
    const padding = -value.length & 3;
    const at = this.#take(value.length + padding);
    this.#bytes.set(value, at);
    this.#bytes.fill(0, at + value.length, at + value.length + padding);
  }

  /** Bytes prefixed with their length, padded. */
  opaque(value: Uint8Array): void {
    refuseUnless(value.length <= limits.opaqueBytes, `${value.length} bytes of opaque data are more than ${limits.opaqueBytes}`);
    this.uint(value.length);
    this.fixed(value);
  }

  string(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    refuseUnless(bytes.length <= limits.stringBytes, `a string of ${bytes.length} bytes is longer than ${limits.stringBytes}`);
    // libvirt is written in C: it would silently drop everything after a zero byte.
    refuseUnless(!value.includes('\0'), 'a string with a zero byte cannot be sent');
    this.uint(bytes.length);
    this.fixed(bytes);
  }

  /** A view of the bytes written so far, valid until the next write. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  // Call it before reading `#bytes`, never inside the writing call: growing replaces the buffer.
  #take(bytes: number): number {
    const at = this.#length;
    const needed = at + bytes;
    refuseUnless(needed <= limits.packetBytes, `a packet of more than ${limits.packetBytes} bytes cannot be sent`);
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    this.#length = needed;
    return at;
  }
}

// The caller passed a bad value, so the error has libvirt's code for a bad argument.
const refuseUnless = (holds: boolean, message: string): void => {
  if (!holds) throw new LibvirtError('invalid-arg', `${message}.`);
};
