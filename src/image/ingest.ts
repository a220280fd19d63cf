import { createHash } from 'node:crypto';
import { ImageIncomplete, ImageTooLarge } from './errors.ts';
import { type DiskFormat, HEAD_BYTES, inspect, type Inspected } from './formats/inspect.ts';
import { ImageFormatRefused } from './formats/refusals.ts';

/** What was measured while data passed. */
export interface Ingested {
  readonly sizeBytes: number;
  /** Null where the format does not show it at the beginning. */
  readonly virtualSizeBytes: number | null;
  /** Hex. */
  readonly md5: string;
  /** Hex. */
  readonly sha512: string;
}

/** The declared format of data, and its limits. */
export interface IngestRules {
  readonly diskFormat: DiskFormat;
  readonly maxSizeBytes: number;
  readonly maxVirtualSizeBytes: number;
}

/** Counts, hashes and inspects data while it streams into a store; never buffers all of it. */
export class Ingest {
  readonly #rules: IngestRules;
  readonly #md5 = createHash('md5');
  readonly #sha512 = createHash('sha512');
  #sizeBytes = 0;
  /** What passed before the inspection. */
  #uninspected: Uint8Array[] | undefined = [];
  #inspected: Inspected | undefined;

  constructor(rules: IngestRules) {
    this.#rules = rules;
  }

  /** Passes the chunks on; throws at the first one that shows the data to be invalid. */
  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#sizeBytes += chunk.length;
      if (this.#sizeBytes > this.#rules.maxSizeBytes) throw ImageTooLarge({ maxBytes: this.#rules.maxSizeBytes });
      this.#uninspected?.push(chunk);
      if (this.#sizeBytes >= HEAD_BYTES) this.#inspectHead();
      this.#md5.update(chunk);
      this.#sha512.update(chunk);
      yield chunk;
    }
    if (this.#sizeBytes === 0) throw ImageIncomplete({ problem: 'The image has no data.' });
    this.#inspectHead();
    if (this.#sizeBytes < (this.#inspected?.minBytes ?? 0)) throw ImageFormatRefused({ because: 'it is cut off' });
  }

  /** To be called after the last chunk has passed. */
  result(): Ingested {
    return {
      sizeBytes: this.#sizeBytes,
      virtualSizeBytes: this.#virtualSizeBytes(),
      md5: this.#md5.digest('hex'),
      sha512: this.#sha512.digest('hex'),
    };
  }

  #virtualSizeBytes(): number | null {
    const { virtualSizeBytes = 'data' } = this.#inspected ?? {};
    return virtualSizeBytes === 'data' ? this.#sizeBytes : virtualSizeBytes;
  }

  /** Inspects the beginning, once. */
  #inspectHead(): void {
    if (!this.#uninspected) return;
    const head = Buffer.concat(this.#uninspected).subarray(0, HEAD_BYTES);
    this.#uninspected = undefined;
    this.#inspected = inspect(head, this.#rules.diskFormat);
    const { virtualSizeBytes } = this.#inspected;
    if (typeof virtualSizeBytes === 'number' && virtualSizeBytes > this.#rules.maxVirtualSizeBytes) {
      throw ImageFormatRefused({ because: `its disk would have ${virtualSizeBytes} bytes, more than ${this.#rules.maxVirtualSizeBytes}` });
    }
  }
}
