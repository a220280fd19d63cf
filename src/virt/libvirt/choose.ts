import { access, constants } from 'node:fs/promises';
import { connect } from '@nova-ts/libvirt';
import { systemClock, type Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { VirtType } from './definition/domain-parts.ts';
import { guestTypesOf } from './host-capacity.ts';
import { kvmTrial } from './kvm-trial.ts';
import { SYSTEM_SOCKET } from './link.ts';
import { privateHostRequirements } from './private-host/requirements.ts';
import { runTool } from './private-host/tool.ts';

// Detects whether and how this machine can run guests.

/** Whether guests can run here, and through which libvirtd: the system's or a private one. */
export type GuestsHere =
  | { readonly ok: true; readonly how: 'system' | 'private' }
  /** A sentence that says what is missing. */
  | { readonly ok: false; readonly because: string };

/** Which libvirtd may be used; `auto` prefers the system's. */
export type DaemonWanted = 'auto' | 'system' | 'private';

/** Looks for a libvirtd that can run guests; installs nothing. */
export const canRunGuests = async (options: { socket?: string; daemon?: DaemonWanted } = {}): Promise<GuestsHere> => {
  const { daemon = 'auto', socket = SYSTEM_SOCKET } = options;
  const against = daemon === 'private' ? '' : await systemCannot(socket);
  if (against === undefined) return { ok: true, how: 'system' };
  if (daemon === 'system') return { ok: false, because: against };
  const requirements = await privateHostRequirements();
  return requirements.ok ? { ok: true, how: 'private' } : { ok: false, because: `${against} ${requirements.missing}`.trim() };
};

const systemCannot = async (socket: string): Promise<string | undefined> => {
  try {
    // A stopped libvirtd leaves its socket behind, so only a connection proves that it runs.
    await using libvirt = await connect({ socket, uri: 'qemu:///system', keepalive: false });
    const types = guestTypesOf(await libvirt.capabilities(), 'qemu');
    if (!types.some(([arch, type]) => arch === 'x86_64' && type === 'qemu')) return "The system's libvirtd has no QEMU for x86_64.";
    await runTool('qemu-img', ['--version']);
    return undefined;
  } catch (error) {
    return `The system's libvirtd cannot be used: ${messageOf(error)}`;
  }
};

export interface ProofOptions {
  /** Where the result is cached, since a trial takes seconds. */
  readonly stateDir: string;
  /** A Linux kernel for the trial guest; by default one of this machine's, from /boot. */
  readonly kernel?: string;
  readonly clock?: Clock;
  readonly log: Log;
}

/** `kvm` only if a guest has booted with it, else `qemu`. An existing /dev/kvm, or kvm in libvirt's capabilities, proves nothing. */
export const provenVirtType = async ({ stateDir, kernel, clock = systemClock, log }: ProofOptions): Promise<VirtType> => {
  const isUsable = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const trial = isUsable
    ? await kvmTrial({ stateDir, kernel, clock })
    : { works: false, because: '/dev/kvm is missing or not accessible.' };
  log.info({ virtType: trial.works ? 'kvm' : 'qemu', because: trial.because }, 'chose how guests run');
  return trial.works ? 'kvm' : 'qemu';
};
