import { Agent, request } from 'node:http';
import { systemClock } from '../src/lib/clock/clock.ts';

// A load of many requests at a time over kept connections, from this process.

/** What is asked again and again. */
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

/** Connections, which are also the requests under way at a time. */
export const IN_FLIGHT = 16;

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

/** Asks once, over a kept connection. */
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

/** Asks and insists on success. */
export async function insist(question: Question): Promise<string> {
  const { status, text } = await ask(question);
  if (status >= 300) throw new Error(`${question.method ?? 'GET'} ${question.url} was answered with ${status}: ${text.slice(0, 300)}`);
  return text;
}

/** A piece of work done again and again. */
export interface Run {
  readonly seconds: number;
  /** How long each took. */
  readonly tookMs: readonly number[];
}

/** Does the work `count` times, as many at a time as there are connections unless `inFlight` says otherwise. */
export async function run(count: number, work: (n: number) => Promise<unknown>, { inFlight = IN_FLIGHT } = {}): Promise<Run> {
  const tookMs: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const beganMs = systemClock.monotonicMs();
      await work(n);
      tookMs.push(systemClock.monotonicMs() - beganMs);
    }
  };
  const startMs = systemClock.monotonicMs();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { seconds: (systemClock.monotonicMs() - startMs) / 1_000, tookMs };
}

/** How quickly something went. */
export interface Pace {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The pace of some runs together. */
export function paceOf(...runs: readonly Run[]): Pace {
  const tookMs = runs.flatMap((one) => one.tookMs).sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0;
  return { perSecond: tookMs.length / runs.reduce((sum, { seconds }) => sum + seconds, 0), p50Ms: at(0.5), p99Ms: at(0.99) };
}
