/** The files of console pages: a proxy serves these and nothing else. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream';

/** A page at its paths, and the folders of what it loads, by the start of their paths. */
export interface Pages {
  readonly page: { readonly paths: readonly string[]; readonly file: string };
  readonly folders: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Pages run no scripts but their own, and tell no other site the address, which has the token in it. */
const headersFor = (framers: readonly string[]) => ({
  'content-security-policy': [
    "default-src 'self'",
    "connect-src 'self' ws: wss:",
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    ['frame-ancestors', "'self'", ...framers].join(' '),
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
});

/** Answers a request for a file. @param framers names of the hosts whose pages may show the page in theirs */
export async function answerPage(
  pages: Pages,
  framers: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '/' } = request;
  // The address of a page that begins with two slashes would lead to another host.
  if (url.startsWith('//')) return void response.writeHead(400).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  const file = fileOf(pages, url.split('?')[0] ?? '/');
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile()) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
  const type = types[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...headersFor(framers), 'content-type': type, 'content-length': found.size });
  if (method === 'HEAD') return void response.end();
  pipeline(createReadStream(file), response, () => {});
}

function fileOf({ page, folders }: Pages, path: string): string | undefined {
  if (page.paths.includes(path)) return page.file;
  for (const [start, folder] of Object.entries(folders)) {
    if (!path.startsWith(start)) continue;
    const below = normalize(decoded(path.slice(start.length)));
    return below.startsWith('..') || below.includes('\0') ? undefined : join(folder, below);
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '\0';
  }
}
