/** Finds room for a whole cloud on loopback: an offset at which every port of a cloud is free. */
import { createServer } from 'node:net';
import { defaultPorts } from '../../src/cmd/nova-config.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';

/** Shifts all ports of a cloud to between 10000 and 32000, below those that the system gives to outgoing connections. */
const LOWEST = 7_000;
const HIGHEST = 22_000;
const ATTEMPTS = 50;

/** An offset at which all ports were free a moment ago; at random, so that test files that run side by side do not meet. */
export async function freePortOffset(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const offset = LOWEST + systemIds.below(HIGHEST - LOWEST);
    const free = await Promise.all(Object.values(defaultPorts).map((port) => isFree(port + offset)));
    if (free.every(Boolean)) return offset;
  }
  throw new Error(`No offset with free ports found in ${ATTEMPTS} attempts.`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
