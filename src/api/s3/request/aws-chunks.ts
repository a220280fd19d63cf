/** Decodes bodies of the encoding `aws-chunked`: chunks with their sizes, which may be signed, then trailing headers. */
import { createHash, type Hash } from 'node:crypto';
import { isSameSignature } from '../../../lib/aws-signature/encoding.ts';
import { signedText } from '../../../lib/aws-signature/v4.ts';
import { IncompleteBody, InvalidRequest } from '../../../objectstore/errors.ts';
import { SignatureDoesNotMatch } from '../errors.ts';
import type { ChunkSigning } from './payload.ts';

/** The headers after the last chunk, by their names in lower case; filled when the body has been read. */
export type Trailers = Map<string, string>;

const HEADER = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
/** Longer than any line between chunks. */
const MAX_LINE_BYTES = 1_024;
const MAX_TRAILERS = 16;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** The data of all chunks. What has been passed on may turn out to be altered: only the end of the iteration says that it was not. */
export async function* decodeChunks(
  body: AsyncIterable<Uint8Array>,
  signing: ChunkSigning | undefined,
  trailers: Trailers,
): AsyncGenerator<Uint8Array> {
  const reader = new Reader(body);
  const signatures = signing && new Signatures(signing);
  for (;;) {
    const [, hex, signature] = HEADER.exec(await reader.line()) ?? [];
    if (hex === undefined) throw InvalidRequest({ problem: 'The chunks of the body are malformed.' });
    const size = Number.parseInt(hex, 16);
    const hash = createHash('sha256');
    if (size > 0) yield* hashed(reader.bytes(size), hash);
    signatures?.checkChunk(signature, hash.digest('hex'));
    if (size === 0) break;
    if ((await reader.line()) !== '') throw InvalidRequest({ problem: 'The chunks of the body are malformed.' });
  }
  await readTrailers(reader, signatures, trailers);
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function readTrailers(reader: Reader, signatures: Signatures | undefined, trailers: Trailers): Promise<void> {
  let covered = '';
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    const cut = line.indexOf(':');
    const [name, value] = [line.slice(0, cut).trim().toLowerCase(), line.slice(cut + 1).trim()];
    if (cut < 1 || trailers.size >= MAX_TRAILERS) throw InvalidRequest({ problem: 'The trailing headers of the body are malformed.' });
    if (name === 'x-amz-trailer-signature') signatures?.checkTrailers(value, covered);
    else covered += `${name}:${value}\n`;
    trailers.set(name, value);
  }
  if (signatures && covered !== '' && !trailers.has('x-amz-trailer-signature')) throw SignatureDoesNotMatch({});
}

/** Checks the signatures of chunks, each of which covers the one before. */
class Signatures {
  readonly #signing: ChunkSigning;
  #last: string;

  constructor(signing: ChunkSigning) {
    this.#signing = signing;
    this.#last = signing.seed;
  }

  checkChunk(signature: string | undefined, sha256: string): void {
    this.#check('PAYLOAD', signature, [EMPTY_SHA256, sha256]);
  }

  checkTrailers(signature: string, covered: string): void {
    this.#check('TRAILER', signature, [createHash('sha256').update(covered).digest('hex')]);
  }

  #check(what: 'PAYLOAD' | 'TRAILER', signature: string | undefined, hashes: readonly string[]): void {
    const { key, time, scope } = this.#signing;
    const expected = signedText(key, [`AWS4-HMAC-SHA256-${what}`, time, scope, this.#last, ...hashes].join('\n'));
    if (!isSameSignature(expected, signature ?? '')) throw SignatureDoesNotMatch({});
    this.#last = expected;
  }
}

/** Reads a body by lines and by numbers of bytes. */
class Reader {
  readonly #body: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body[Symbol.asyncIterator]();
  }

  /** The next line without its end. @param mayEnd whether the end of the body is an empty line */
  async line(mayEnd = false): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw InvalidRequest({ problem: 'The chunks of the body are malformed.' });
      const more = await this.#body.next();
      if (more.done === true && mayEnd && this.#rest.length === 0) return '';
      if (more.done === true) throw IncompleteBody({});
      this.#rest = Buffer.concat([this.#rest, more.value]);
    }
  }

  async *bytes(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) {
        const more = await this.#body.next();
        if (more.done === true) throw IncompleteBody({});
        this.#rest = Buffer.from(more.value.buffer, more.value.byteOffset, more.value.length);
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}
