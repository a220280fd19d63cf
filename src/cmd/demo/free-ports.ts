import { createServer } from 'node:net';
import type { Ids } from '../../lib/clock/ids.ts';
import { defaultPorts } from '../nova-config.ts';
import { demoFailed } from './demo-failed.ts';

/** Offsets that put every default port between those of a cloud without offset and the ports that the system gives to clients. */
const LOWEST_OFFSET = 7_000;
const STEP = 50;
const STEPS = 300;
const TRIES = 40;

/** Finds an offset at which all ports of a cloud are free, by trying. It begins anywhere, so that two demos seldom meet. */
export async function freePortOffset(address: string, ids: Ids): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const offset = LOWEST_OFFSET + STEP * ids.below(STEPS);
    const free = await Promise.all(Object.values(defaultPorts).map((port) => isFree(port + offset, address)));
    if (free.every(Boolean)) return offset;
  }
  throw demoFailed(`No free ports for a cloud at ${address}: ${TRIES} offsets tried.`);
}

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
