import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ask, type Pace, pace } from './load.ts';

/** How quickly a raw server hands out the same bytes, in this very run: what figures of this machine are compared with. */
export async function paceOfRaw(body: string, count: number): Promise<Pace> {
  const server = fork(join(import.meta.dirname, 'raw-server.ts'), { stdio: 'ignore' });
  try {
    server.send(body);
    const [port] = await once(server, 'message');
    const question = { url: `http://127.0.0.1:${port}/` };
    await pace(count / 10, () => ask(question));
    return await pace(count, () => ask(question));
  } finally {
    server.kill();
  }
}
