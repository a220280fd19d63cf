/** Makes sure that the kernel can show bridged packets to the IP filters; without that, security groups have no effect. */
import { access } from 'node:fs/promises';
import { errorType, messageOf } from '../../../../lib/errors/error-type.ts';
import type { HostShell } from '../../shell/host-shell.ts';

export const BridgeFilterMissing = errorType(
  'BridgeFilterMissing',
  'unavailable',
  (p: { why: string }) => `The kernel has no br_netfilter, so security groups cannot be enforced: ${p.why}`,
);

const PRESENT = '/proc/sys/net/bridge';

/** Loads the module where it is not built in; rejects rather than run without it. */
export async function requireBridgeNetfilter(shell: HostShell): Promise<void> {
  if (await isPresent()) return;
  try {
    await shell.run('modprobe', ['br_netfilter']);
  } catch (cause) {
    throw BridgeFilterMissing({ why: messageOf(cause) }, { cause });
  }
  if (!(await isPresent())) throw BridgeFilterMissing({ why: 'the module was loaded and does nothing' });
}

const isPresent = (): Promise<boolean> =>
  access(PRESENT).then(
    () => true,
    () => false,
  );
