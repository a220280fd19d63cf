import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Generator } from './generator.ts';
import { insist, type Pace, type Question } from './load.ts';

/** Both servers are measured in turns, so that other load on the machine affects both alike. */
const TURNS = 5;

const TURN_SECONDS = 2;
const RAW_SECONDS = 1;

/** The pace of a request, and which share it is of the pace at which a raw server answers with the same bytes in the same run. */
export async function paceBesideRaw(generator: Generator, question: Question): Promise<Pace & { readonly shareOfRaw: number }> {
  const bytes = await insist(question);
  const server = fork(join(import.meta.dirname, 'raw-server.ts'), { stdio: 'ignore' });
  try {
    server.send(bytes);
    const [port] = await once(server, 'message');
    const raw = { url: `http://127.0.0.1:${port}/` };
    for (const warm of [question, raw]) await generator.pace(warm, RAW_SECONDS);
    const turns: (Pace & { readonly shareOfRaw: number })[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const ours = await generator.pace(question, TURN_SECONDS);
      turns.push({ ...ours, shareOfRaw: ours.perSecond / (await generator.pace(raw, RAW_SECONDS)).perSecond });
    }
    const middle = (of: keyof (typeof turns)[number]) => median(turns.map((turn) => turn[of]));
    return { perSecond: middle('perSecond'), p50Ms: middle('p50Ms'), p99Ms: middle('p99Ms'), shareOfRaw: middle('shareOfRaw') };
  } finally {
    server.kill();
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
