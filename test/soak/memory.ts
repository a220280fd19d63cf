/** The memory of a running program: its heap after a garbage collection, read over the inspector, and its resident size. */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../src/lib/clock/clock.ts';

/** In MB. */
export interface Memory {
  /** Live objects. */
  readonly heapMb: number;
  /** Their buffers. */
  readonly buffersMb: number;
  /** Memory pages of the process. */
  readonly residentMb: number;
}

/** A connection to a program that runs with `--inspect=127.0.0.1:PORT`. */
export interface Inspector {
  /** Collects garbage, then measures. */
  look(pid: number): Promise<Memory>;
  close(): void;
}

const MB = 1024 * 1024;

/** A second collection frees what finalizers of the first released. */
const COLLECTIONS = 2;
const REST_MS = 500;

/** Connects to the inspector of a program. */
export async function inspect(port: number): Promise<Inspector> {
  // Seam: the runtime's documented list of inspectable targets.
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

/** 0 where the system does not say. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
