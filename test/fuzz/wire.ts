/** HTTP on raw keep-alive connections: sends what no client library would, with a timeout for every answer. */
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../src/lib/clock/clock.ts';

/** A request as sent: nothing in it is checked or encoded. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** An answer as received; `closed` is a connection that ended without one, `hung` one without an answer in time. */
export type RawAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'hung' };

/** No request may take longer. */
const ANSWER_TIMEOUT_MS = 20_000;

/** One connection to one port: one request at a time, reconnecting when the other side has closed it. */
export class Wire {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Retries once when a reused connection is closed: the other side may close it at any time between requests. */
  async send(request: RawRequest): Promise<RawAnswer> {
    const isUsed = this.#socket !== undefined && !this.#socket.destroyed;
    const answer = await this.#sendOnce(request);
    return answer.kind === 'closed' && isUsed ? await this.#sendOnce(request) : answer;
  }

  async #sendOnce(request: RawRequest): Promise<RawAnswer> {
    if (this.#socket?.destroyed) this.close();
    const socket = (this.#socket ??= await opened(this.#port));
    const stop = new AbortController();
    const late = systemClock.sleep(ANSWER_TIMEOUT_MS, stop.signal).then(
      (): RawAnswer => ({ kind: 'hung' }),
      (): RawAnswer => ({ kind: 'closed' }),
    );
    const answer = await Promise.race([answerOn(socket, request), late]);
    stop.abort();
    if (answer.kind !== 'answer' || /close/i.test(answer.headers['connection'] ?? '')) this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.off('error', reject);
      // A reset shows as the end of the connection.
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });

function answerOn(socket: Socket, request: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const settle = (answer: RawAnswer) => {
      socket.off('data', onData).off('close', onClose);
      resolve(answer);
    };
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const answer = answerIn(read, request.method, false);
      if (answer) settle(answer);
    };
    const onClose = () => settle(answerIn(read, request.method, true) ?? { kind: 'closed' });
    socket.on('data', onData).on('close', onClose);
    socket.write(wireFormOf(request));
  });
}

function wireFormOf({ method, target, headers, body }: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? '', 'utf8');
  const all = { Host: '127.0.0.1', ...headers, ...(body === undefined ? {} : { 'Content-Length': String(bytes.length) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}

/** The answer in the received bytes, once it is complete. */
function answerIn(read: Buffer, method: string, isEnd: boolean): RawAnswer | undefined {
  const end = read.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = read.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const rest = read.subarray(end + 4);
  if (status < 200) return answerIn(rest, method, isEnd);
  const headers = Object.fromEntries(lines.map((line): [string, string] => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
  const body = method === 'HEAD' || status === 204 || status === 304 ? Buffer.alloc(0) : bodyIn(rest, headers, isEnd);
  return body && { kind: 'answer', status, headers, text: body.toString('utf8') };
}

const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();

function bodyIn(rest: Buffer, headers: Readonly<Record<string, string>>, isEnd: boolean): Buffer | undefined {
  const length = headers['content-length'];
  if (length !== undefined) return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
  if (headers['transfer-encoding'] === 'chunked') return chunksIn(rest);
  return isEnd ? rest : undefined;
}

function chunksIn(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
