/** A request of a known caller, as operations see it. */
import { createHash } from 'node:crypto';
import type { Context } from '../../../lib/context/context.ts';
import { type Exchange, headerOf } from '../../../lib/http/exchange.ts';
import { readXml, type XmlFields } from '../../../lib/xml/read-xml.ts';
import type { ObjectStoreApi } from '../../../objectstore/api.ts';
import type { Arriving } from '../../../objectstore/data/arriving.ts';
import { BadDigest, InvalidArgument } from '../../../objectstore/errors.ts';
import { ContentSha256Mismatch, MalformedXml } from '../errors.ts';
import { arrivingIn } from './arriving.ts';
import type { Caller } from './caller.ts';
import type { Place } from './place.ts';

/** The largest document that is read: that of 10,000 parts, or of 1,000 long keys, has less. */
const MAX_XML_BYTES = 2 * 1024 * 1024;

export class Asked {
  readonly ctx: Context;
  /** Empty for the list of buckets. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly store: ObjectStoreApi;
  readonly #exchange: Exchange;
  readonly #caller: Caller;

  constructor(
    exchange: Exchange,
    { bucket = '', key = '' }: Place,
    { caller, store }: { readonly caller: Caller; readonly store: ObjectStoreApi },
  ) {
    this.ctx = caller.ctx;
    this.bucket = bucket;
    this.key = key;
    this.store = store;
    this.#exchange = exchange;
    this.#caller = caller;
  }

  get ref(): { readonly bucket: string; readonly key: string } {
    return { bucket: this.bucket, key: this.key };
  }

  get query(): URLSearchParams {
    return this.#exchange.query;
  }

  /** By their names in lower case. */
  get headers(): Exchange['headers'] {
    return this.#exchange.headers;
  }

  get origin(): string {
    return this.#exchange.origin;
  }

  header(name: string): string | undefined {
    return headerOf(this.#exchange, name);
  }

  param(name: string): string | undefined {
    return this.#exchange.query.get(name) ?? undefined;
  }

  /** A whole number of the query. */
  count(name: string, { most, byDefault }: { readonly most: number; readonly byDefault: number }): number {
    const text = this.param(name) ?? '';
    if (text === '') return byDefault;
    if (!/^\d{1,9}$/.test(text)) throw InvalidArgument({ problem: `Provided ${name} not an integer or within integer range` });
    return Math.min(Number(text), most);
  }

  /** The data in the body, to be read once. */
  arriving(): Arriving {
    return arrivingIn(this.#exchange, this.#caller.payload);
  }

  /** The document in the body; undefined if there is none. */
  async xml(root: string): Promise<XmlFields | undefined> {
    const body = await this.#exchange.body(MAX_XML_BYTES);
    const { payload } = this.#caller;
    if (payload.kind === 'hash' && createHash('sha256').update(body).digest('hex') !== payload.sha256) throw ContentSha256Mismatch({});
    const md5 = this.header('content-md5');
    if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5) throw BadDigest({ algorithm: 'Content-MD5' });
    if (body.length === 0) return undefined;
    const found = readXml(body.toString('utf8'), root);
    if (!found) throw MalformedXml({});
    return found;
  }
}
