/** What a running program really holds: its heap after a collection, asked over the inspector, and what the machine counts as its own. */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../src/lib/clock/clock.ts';

/** In MB. */
export interface Memory {
  /** Objects that are alive. */
  readonly heapMb: number;
  /** Buffers that they hold. */
  readonly buffersMb: number;
  /** Pages that the machine has given to the process. */
  readonly residentMb: number;
}

/** A line to a program that runs with `--inspect=127.0.0.1:PORT`. */
export interface Inspector {
  /** Collects garbage, and looks. */
  look(pid: number): Promise<Memory>;
  close(): void;
}

const MB = 1024 * 1024;

/** What is cleaned up behind the objects of the first collection goes with the second. */
const COLLECTIONS = 2;
const REST_MS = 500;

/** Connects to the inspector of a program. */
export async function inspect(port: number): Promise<Inspector> {
  // The seam to the runtime: its own list of what can be inspected, as it documents it.
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no inspector answers on port ${port}`)));
  });
  const waiting = new Map<number, (result: Record<string, number>) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  const call = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method }));
    });
  return {
    look: async (pid) => {
      for (let n = 0; n < COLLECTIONS; n += 1) {
        await call('HeapProfiler.collectGarbage');
        await systemClock.sleep(REST_MS);
      }
      const { usedSize = 0, backingStorageSize = 0 } = await call('Runtime.getHeapUsage');
      return { heapMb: usedSize / MB, buffersMb: backingStorageSize / MB, residentMb: await residentMb(pid) };
    },
    close: () => socket.close(),
  };
}

/** 0 where the machine does not tell. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
