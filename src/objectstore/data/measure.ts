import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Measured } from '../../db/stores/objectstore/object-data.ts';
import type { ChecksumName } from '../../objects/stored-object.ts';
import { BadDigest, IncompleteBody } from '../errors.ts';
import type { Arriving } from './arriving.ts';
import { crc32c } from './crc32c.ts';

/** How much may arrive, and what is said of more. */
export interface Bound {
  readonly bytes: number;
  readonly refusal: () => Error;
}

interface Running {
  readonly update: (chunk: Uint8Array) => void;
  /** Base64. */
  readonly digest: () => string;
}

const hash = (name: string) => (): Running => {
  const running = createHash(name);
  return { update: (chunk) => void running.update(chunk), digest: () => running.digest('base64') };
};

const crc = (next: (chunk: Uint8Array, before: number) => number) => (): Running => {
  let value = 0;
  return {
    update: (chunk) => void (value = next(chunk, value)),
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
};

const algorithms: Readonly<Record<ChecksumName, () => Running>> = {
  crc32: crc((chunk, before) => crc32(chunk, before)),
  crc32c: crc(crc32c),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
};

/** Measures data while it passes to a store, and refuses what is not as its sender said. */
export class Measure {
  readonly #arriving: Arriving;
  readonly #bound: Bound;
  readonly #md5 = createHash('md5');
  readonly #running: ReadonlyMap<ChecksumName, Running>;
  #measured: Measured | undefined;

  constructor(arriving: Arriving, bound: Bound) {
    this.#arriving = arriving;
    this.#bound = bound;
    this.#running = new Map(arriving.algorithms.map((name) => [name, algorithms[name]()]));
  }

  async *through(): AsyncGenerator<Uint8Array> {
    const { chunks, sizeBytes: declared } = this.#arriving;
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (declared !== undefined && sizeBytes > declared) throw IncompleteBody({});
      if (sizeBytes > this.#bound.bytes) throw this.#bound.refusal();
      this.#md5.update(chunk);
      for (const running of this.#running.values()) running.update(chunk);
      yield chunk;
    }
    if (declared !== undefined && sizeBytes !== declared) throw IncompleteBody({});
    const checksums = Object.fromEntries([...this.#running].map(([name, running]) => [name, running.digest()]));
    this.#measured = this.#checked({ sizeBytes, md5: this.#md5.digest('hex'), checksums });
  }

  /** To be called after the last chunk has passed. */
  result(): Measured {
    if (!this.#measured) throw IncompleteBody({});
    return this.#measured;
  }

  #checked(measured: Measured): Measured {
    const { md5, told } = this.#arriving;
    if (md5 !== undefined && md5 !== measured.md5) throw BadDigest({ algorithm: 'Content-MD5' });
    for (const [name, value] of Object.entries(told()))
      if (measured.checksums[name as ChecksumName] !== value) throw BadDigest({ algorithm: name.toUpperCase() });
    return measured;
  }
}
