import { Agent, request } from 'node:http';
import { systemClock } from '../src/lib/clock/clock.ts';

// A load of concurrent requests over keep-alive connections, from this process.

/** A request that is repeated. */
export interface Question {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Number of connections, and so of concurrent requests. */
export const IN_FLIGHT = 16;

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

/** Sends one request over a keep-alive connection. */
export const ask = ({ url, method = 'GET', headers = {}, body = '' }: Question): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });

/** Sends one request; throws unless it succeeds. */
export async function insist(question: Question): Promise<string> {
  const { status, text } = await ask(question);
  if (status >= 300) throw new Error(`${question.method ?? 'GET'} ${question.url} was answered with ${status}: ${text.slice(0, 300)}`);
  return text;
}

/** The times of a repeated piece of work. */
export interface Run {
  readonly seconds: number;
  /** How long each took. */
  readonly tookMs: readonly number[];
}

/** Does the work `count` times, `inFlight` at a time; by default as many as there are connections. */
export const run = (count: number, work: (n: number) => Promise<unknown>, options: { readonly inFlight?: number } = {}): Promise<Run> =>
  runUntil((n) => n >= count, work, options);

/** Does the work until it is over, which is asked before each time. */
export async function runUntil(
  isOver: (n: number) => boolean,
  work: (n: number) => Promise<unknown>,
  { inFlight = IN_FLIGHT } = {},
): Promise<Run> {
  const tookMs: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; !isOver(n); n = next++) {
      const beganMs = systemClock.monotonicMs();
      await work(n);
      tookMs.push(systemClock.monotonicMs() - beganMs);
    }
  };
  const startMs = systemClock.monotonicMs();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { seconds: (systemClock.monotonicMs() - startMs) / 1_000, tookMs };
}

/** Throughput and latency. */
export interface Pace {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The pace over several runs. */
export function paceOf(...runs: readonly Run[]): Pace {
  const tookMs = runs.flatMap((one) => one.tookMs).sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0;
  return { perSecond: tookMs.length / runs.reduce((sum, { seconds }) => sum + seconds, 0), p50Ms: at(0.5), p99Ms: at(0.99) };
}
