/** Whether a namespace forwards packets. That of a machine is only lent: others may have had reasons not to forward. */
import { commandSucceeds, type HostShell } from '../../shell/host-shell.ts';
import { removal } from './kernel-rules.ts';

const IPV4 = '/proc/sys/net/ipv4/ip_forward';
const IPV6 = '/proc/sys/net/ipv6/conf/all/forwarding';

/** An empty table that says: it did not forward before. It lives as long as the setting, which a reboot resets too. */
const NOTE = 'ip nova_forwarding';
/** The tables of those for whom it forwards. */
const USERS = /^table ip nova_(uplink|egress)_/m;

/** Has a namespace that is ours alone forward packets. */
export async function startForwarding(shell: HostShell): Promise<void> {
  for (const file of [IPV4, IPV6]) await shell.run('tee', [file], { input: '1\n' });
}

/** Has a namespace forward IPv4 packets until it is asked to stop. */
export async function lendForwarding(shell: HostShell): Promise<void> {
  if ((await shell.run('cat', [IPV4])).stdout.trim() === '1') return;
  await shell.run('nft', [`add table ${NOTE}`]);
  await shell.run('tee', [IPV4], { input: '1\n' });
}

/** Makes it as it was before, unless another host or cloud needs it still. */
export async function returnForwarding(shell: HostShell): Promise<void> {
  const { stdout } = await shell.run('nft', ['list', 'tables', 'ip']);
  if (USERS.test(stdout) || !stdout.split('\n').includes(`table ${NOTE}`)) return;
  await commandSucceeds(shell, 'sh', ['-c', `echo 0 > ${IPV4}`]);
  await shell.run('nft', ['-f', '-'], { input: removal(NOTE) });
}
