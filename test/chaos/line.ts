/** A TCP proxy between one process and the broker or database: it can delay traffic, and drop connections with the data in flight. */
import { connect, createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { takeEnginePort } from '../support/engine-port.ts';

/** An open proxy: `url` leads to its target. */
export interface Line {
  readonly url: string;
  /** Holds traffic in both directions for this long, then delivers it. */
  hold(ms: number): Promise<void>;
  /** Drops every connection and the data in flight, without telling either side what was lost. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a proxy to this URL. */
export async function openLine(end: string): Promise<Line> {
  const target = new URL(end);
  const port = await takeEnginePort();
  const sockets = new Set<Socket>();
  let held = 0;
  const keep = (socket: Socket, other: () => Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    if (held > 0) socket.pause();
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    keep(near, () => far);
    keep(far, () => near);
    forward(near, far);
    forward(far, near);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const hold = async (ms: number): Promise<void> => {
    held += 1;
    for (const socket of sockets) socket.pause();
    await systemClock.sleep(ms);
    held -= 1;
    if (held === 0) for (const socket of sockets) socket.resume();
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    cut();
    await closed;
  };
  const url = new URL(end);
  url.port = String(port);
  return { url: url.href, hold, cut, close };
}

/** Instead of `pipe`, which would resume a held socket by itself. */
function forward(from: Socket, to: Socket): void {
  from.on('data', (data) => to.write(data));
  from.on('end', () => to.end());
}
