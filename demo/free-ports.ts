/** Finds room for a whole cloud: an offset at which every port is free, and stays so while others look for one too. */
import { createServer, type Server } from 'node:net';
import type { Ids } from '../src/lib/clock/ids.ts';
import { defaultPorts } from '../src/cmd/nova-config.ts';
import { demoFailed } from './demo-failed.ts';

/** Offsets that put every default port between those of a cloud without offset and the ports that the system gives to clients. */
export const LOWEST_OFFSET = 7_000;
/** No two default ports differ by a multiple of it: clouds at different offsets never meet. */
export const OFFSET_STEP = 31;
/** How many offsets there are; the highest port of the last one is below 32000. */
export const STEPS = 480;
const TRIES = 40;

/**
 * An offset at which all ports of a cloud are free, found by trying. It is taken for as long as this process lives:
 * whoever asks here meanwhile, in any process, gets another, although the cloud may not listen yet.
 */
export async function takePortOffset(address: string, ids: Ids): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const offset = LOWEST_OFFSET + OFFSET_STEP * ids.below(STEPS);
    const claim = await claimed(`port-offset-${offset}`);
    if (!claim) continue;
    const free = await Promise.all(Object.values(defaultPorts).map((port) => isFree(port + offset, address)));
    if (free.every(Boolean)) return offset;
    claim.close();
  }
  throw demoFailed(`No free ports for a cloud at ${address}: ${TRIES} offsets tried.`);
}

/** Takes a name for as long as this process lives; undefined when another has it. An abstract Unix socket: no file to be left over (unix(7)). */
export const claimed = (name: string): Promise<Server | undefined> => listen({ path: `\0nova-ts-${name}` });

/** Whether a port is free now. */
export async function isFree(port: number, host: string): Promise<boolean> {
  const server = await listen({ port, host, exclusive: true });
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  return server !== undefined;
}

/** Undefined when another process listens there. It does not keep the process alive. */
const listen = (where: { path: string } | { port: number; host: string; exclusive: boolean }): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer().unref();
    server.once('error', () => resolve(undefined));
    server.listen(where, () => resolve(server));
  });
