import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { IN_FLIGHT, type Pace, type Question } from './load.ts';

// The load for reads. It must be faster than what it measures: one written in JavaScript is the limit of a raw server, and hides the difference.

/** Repeats a request for a while, `IN_FLIGHT` at a time. Throws when an answer is no success. */
export interface Generator {
  readonly name: string;
  pace(question: Question, seconds: number): Promise<Pace>;
}

const execute = promisify(execFile);

/** wrk where it is installed; else a generator in a thread of its own. */
export async function openGenerator(): Promise<Generator> {
  const hasWrk = await execute('wrk', ['--version']).then(
    () => true,
    // It prints its version and ends with status 1; only a missing program has no status.
    (error: { code?: unknown }) => typeof error.code === 'number',
  );
  return hasWrk
    ? { name: 'wrk', pace: paceByWrk }
    : { name: 'a thread of Node, since wrk is missing: raw figures are too low', pace: paceByThread };
}

async function paceByWrk({ url, headers = {} }: Question, seconds: number): Promise<Pace> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const { stdout } = await execute('wrk', ['-t1', `-c${IN_FLIGHT}`, `-d${seconds}s`, '--latency', ...lines, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} did not answer well: ${stdout}`);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  return { perSecond, p50Ms: percentile(stdout, 50), p99Ms: percentile(stdout, 99) };
}

const MS = { us: 0.001, ms: 1, s: 1_000 } as const;

/** A line such as `     99%    1.23ms`. */
function percentile(report: string, percent: number): number {
  const [, amount, unit] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)$`, 'm').exec(report) ?? [];
  // Seam: the pattern has no other units.
  return Number(amount) * MS[unit as keyof typeof MS];
}

async function paceByThread(question: Question, seconds: number): Promise<Pace> {
  const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData: { question, seconds } });
  const [pace] = await once(worker, 'message');
  return pace;
}
