import { limits } from '../limits.ts';
import { LibvirtError } from '../libvirt-error.ts';

/** Reads XDR (RFC 4506). Checks every length against a named limit and against the bytes available. */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  hyper(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  uhyper(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  /** Bytes of a fixed length; a copy, so that the packet can be freed. */
  fixed(length: number): Buffer {
    const at = this.#take(length + (-length & 3));
    return Buffer.from(this.#bytes.subarray(at, at + length));
  }

  /** Bytes prefixed with their length. */
  opaque(): Buffer {
    return this.fixed(this.count(limits.opaqueBytes));
  }

  string(): string {
    const length = this.count(limits.stringBytes);
    const at = this.#take(length + (-length & 3));
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A length or number of elements, refused above `most`. */
  count(most: number): number {
    const count = this.uint();
    if (count > most)
      throw new LibvirtError('protocol-violation', `The peer announces ${count} elements or bytes, more than the limit of ${most}.`);
    return count;
  }

  /** Asserts that everything was read; leftover bytes mean that the peer and this client disagree on the format. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left !== 0) throw new LibvirtError('protocol-violation', `${left} bytes are left over after the last field.`);
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#bytes.length) {
      throw new LibvirtError('protocol-violation', `A field of ${bytes} bytes does not fit the ${this.#bytes.length - at} bytes left.`);
    }
    this.#at = at + bytes;
    return at;
  }
}
