import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../src/lib/clock/clock.ts';
import { removeUplink } from '../src/network/host/drivers/flat-dhcp/index.ts';
import { endProcesses } from '../src/virt/libvirt/private-host/daemon.ts';
import { hostLayout, isHostName } from '../src/virt/libvirt/private-host/layout.ts';
import { destroyPrivateHost } from '../src/virt/libvirt/private-host/private-host.ts';
import { type LeftProcess, processesOf } from './left-processes.ts';

/** A process that has been told to end may take this long, after the cloud has ended. */
const LINGER_LIMIT_MS = 3_000;
const POLL_MS = 50;

/**
 * Removes what a stopped cloud leaves by design (guests, their host's libvirtd and network) and by accident, then its state directory.
 * @returns what was left by accident and had to be ended, as a phrase for each
 */
export async function cleanUp(stateDir: string, clock: Clock): Promise<readonly string[]> {
  // Only root has private hosts; others may not even look for them.
  if (process.getuid?.() === 0) await destroyHosts(join(stateDir, 'hosts'), clock);
  const left = await lingering(stateDir, clock);
  await endProcesses(
    left.map(({ pid }) => pid),
    clock,
    async (pid) => (await processesOf(stateDir)).some((one) => one.pid === pid),
  );
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  return left.map(({ pid, name }) => `${name} (process ${pid})`);
}

async function destroyHosts(directory: string, clock: Clock): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  // Simulated hosts may have names that real ones cannot.
  for (const name of names.filter(isHostName)) {
    const host = { name, directory: join(directory, name) };
    await destroyPrivateHost({ ...host, clock });
    await removeUplink(hostLayout(host).netns);
  }
}

async function lingering(stateDir: string, clock: Clock): Promise<readonly LeftProcess[]> {
  const endMs = clock.monotonicMs() + LINGER_LIMIT_MS;
  for (;;) {
    const left = await processesOf(stateDir);
    if (left.length === 0 || clock.monotonicMs() > endMs) return left;
    await clock.sleep(POLL_MS);
  }
}
