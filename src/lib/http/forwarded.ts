// What a proxy says about the client's connection: RFC 7239's Forwarded, or the older X-Forwarded headers.
import type { IncomingHttpHeaders } from 'node:http';

/** The connection as the client made it. */
export interface Connection {
  readonly scheme: string;
  /** Host and port. */
  readonly host: string;
  /** The path below which the proxy serves this server; usually empty. */
  readonly prefix: string;
  readonly remoteAddress: string;
}

const SCHEME = /^https?$/;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;
const PREFIX = /^(\/[\w.~-]+)+$/;
const ADDRESS = /^[\da-f:.]+$/i;

/** The client's connection by the headers of the nearest proxy; parts that it does not name, or misspells, stay as they are. */
export function forwarded(headers: IncomingHttpHeaders, direct: Connection): Connection {
  const said = headers.forwarded === undefined ? older(headers) : standard(headers.forwarded);
  return {
    scheme: valid(said.scheme?.toLowerCase(), SCHEME, direct.scheme),
    host: valid(said.host, HOST, direct.host),
    prefix: valid(said.prefix, PREFIX, direct.prefix),
    remoteAddress: valid(said.remoteAddress, ADDRESS, direct.remoteAddress),
  };
}

const valid = (value: string | undefined, pattern: RegExp, otherwise: string): string =>
  value !== undefined && pattern.test(value) ? value : otherwise;

type Said = { readonly [K in keyof Connection]: string | undefined };

/** Each proxy appends an element: the last one is that of the nearest, and only this one is trusted. */
const lastOf = (header: string | string[] | undefined): string | undefined =>
  String(header ?? '')
    .split(',')
    .at(-1)
    ?.trim() || undefined;

function standard(header: string): Said {
  const pairs = (lastOf(header) ?? '').split(';').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim().toLowerCase(), value.join('=').trim().replaceAll('"', '')] as const;
  });
  const { proto, host, for: client } = Object.fromEntries(pairs);
  return {
    scheme: proto,
    host,
    prefix: undefined,
    remoteAddress: client?.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1'),
  };
}

function older(headers: IncomingHttpHeaders): Said {
  const host = lastOf(headers['x-forwarded-host']);
  const port = lastOf(headers['x-forwarded-port']);
  const isPlain = host !== undefined && !/:\d+$/.test(host);
  return {
    scheme: lastOf(headers['x-forwarded-proto']),
    host: isPlain && port !== undefined && !['80', '443'].includes(port) ? `${host}:${port}` : host,
    prefix: lastOf(headers['x-forwarded-prefix']),
    remoteAddress: lastOf(headers['x-forwarded-for']),
  };
}
