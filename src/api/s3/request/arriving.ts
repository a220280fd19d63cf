/** The data in the body of a request, with all that the request says of it. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Exchange, headerOf } from '../../../lib/http/exchange.ts';
import { type ChecksumName, checksumNames, type Checksums } from '../../../objects/stored-object.ts';
import type { Arriving } from '../../../objectstore/data/arriving.ts';
import { IncompleteBody, InvalidRequest } from '../../../objectstore/errors.ts';
import { ContentSha256Mismatch, InvalidDigest, MissingContentLength, NotImplemented } from '../errors.ts';
import { decodeChunks, type Trailers } from './aws-chunks.ts';
import type { Payload } from './payload.ts';

type Asked = Pick<Exchange, 'headers' | 'stream'>;

/** What is to be stored. */
export function arrivingIn(exchange: Asked, payload: Payload): Arriving {
  const trailers: Trailers = new Map();
  const sizeBytes = sizeOf(exchange, payload);
  const received = receive(exchange.stream);
  return {
    sizeBytes,
    md5: md5Of(exchange),
    algorithms: algorithmsOf(exchange),
    told: () => toldIn((name) => headerOf(exchange, name) ?? trailers.get(name)),
    chunks: payload.kind === 'chunks' ? decodeChunks(received, payload.signing, trailers) : checked(received, payload),
  };
}

function sizeOf(exchange: Asked, { kind }: Payload): number {
  const said = headerOf(exchange, kind === 'chunks' ? 'x-amz-decoded-content-length' : 'content-length');
  if (said === undefined) throw MissingContentLength({});
  if (!/^\d{1,15}$/.test(said)) throw InvalidRequest({ problem: 'The length of the content is not a number.' });
  return Number(said);
}

function md5Of(exchange: Asked): string | undefined {
  const said = headerOf(exchange, 'content-md5');
  if (said === undefined) return undefined;
  const bytes = Buffer.from(said, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== said) throw InvalidDigest({});
  return bytes.toString('hex');
}

const CHECKSUM_HEADER = /^x-amz-checksum-(?!algorithm$|type$|mode$)(\w+)$/;

/** The checksums that the request names, by a header, a trailing header, or the name of the algorithm alone. */
function algorithmsOf(exchange: Asked): readonly ChecksumName[] {
  const headers = [...Object.keys(exchange.headers), ...(headerOf(exchange, 'x-amz-trailer') ?? '').split(',')];
  const inHeaders = headers.flatMap((name) => CHECKSUM_HEADER.exec(name.trim().toLowerCase())?.[1] ?? []);
  const named = headerOf(exchange, 'x-amz-sdk-checksum-algorithm') ?? headerOf(exchange, 'x-amz-checksum-algorithm');
  const all = new Set([...inHeaders, ...(named === undefined ? [] : [named.toLowerCase()])]);
  return [...all].map((name) => {
    const known = checksumNames.find((each) => each === name);
    if (!known) throw NotImplemented({ what: `The checksum algorithm ${name}` });
    return known;
  });
}

const toldIn = (headerNamed: (name: string) => string | undefined): Checksums =>
  Object.fromEntries(
    checksumNames.flatMap((name) => {
      const value = headerNamed(`x-amz-checksum-${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The body as chunks. One that is refused midway is still drained, so that the client gets the answer. */
async function* receive(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    // Destroying the stream would close the connection before the answer is sent.
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>; // Seam: an HTTP body yields buffers.
  } catch (error) {
    throw IncompleteBody({}, { cause: error });
  } finally {
    stream.resume();
  }
}

/** Fails at the end if the body is not what the signature covers. */
async function* checked(body: AsyncIterable<Uint8Array>, payload: Payload): AsyncGenerator<Uint8Array> {
  const hash = payload.kind === 'hash' ? createHash('sha256') : undefined;
  for await (const chunk of body) {
    hash?.update(chunk);
    yield chunk;
  }
  if (payload.kind === 'hash' && hash?.digest('hex') !== payload.sha256) throw ContentSha256Mismatch({});
}
