/** Starts a daemon of the network under an account of its own, with the capabilities that it needs and no others: it is never root. */
import type { Account } from '../../../../lib/accounts/account.ts';
import type { HostShell } from '../../shell/host-shell.ts';
import { findTool } from '../../shell/find-tool.ts';

/** For answers to guests without an address, for the DHCP port, and to add such guests to the ARP table. */
const CAPABILITIES = ['net_admin', 'net_raw', 'net_bind_service'];

/** Runs the daemon's program until it has gone to the background. */
export async function startUnprivileged(shell: HostShell, account: Account, command: readonly [string, ...string[]]): Promise<void> {
  const [program, ...args] = command;
  const wanted = CAPABILITIES.map((name) => `+${name}`).join();
  await shell.run('setpriv', [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--no-new-privs',
    `--bounding-set=-all,${wanted}`,
    `--inh-caps=-all,${wanted}`,
    `--ambient-caps=-all,${wanted}`,
    await findTool(program),
    ...args,
  ]);
}
