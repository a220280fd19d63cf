import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ask, insist, type Pace, paceOf, type Question, run } from './load.ts';

/** Both servers are measured in turns, so that other load on the machine affects both alike. */
const TURNS = 5;

/** The pace of a request, and how many times faster a raw server answers with the same bytes in the same run. */
export async function paceBesideRaw(question: Question, count: number): Promise<Pace & { readonly timesSlowerThanRaw: number }> {
  const bytes = await insist(question);
  const server = fork(join(import.meta.dirname, 'raw-server.ts'), { stdio: 'ignore' });
  try {
    server.send(bytes);
    const [port] = await once(server, 'message');
    const raw = { url: `http://127.0.0.1:${port}/` };
    const share = Math.ceil(count / TURNS);
    for (const warm of [question, raw]) await run(share, () => ask(warm));
    const turns = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const ours = await run(share, () => ask(question));
      turns.push({ ours, times: ours.seconds / (await run(share, () => ask(raw))).seconds });
    }
    return { ...paceOf(...turns.map(({ ours }) => ours)), timesSlowerThanRaw: median(turns.map(({ times }) => times)) };
  } finally {
    server.kill();
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
