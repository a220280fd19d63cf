import { atATime } from '../../lib/clock/at-a-time.ts';
import type { HostName } from '../../objects/ids.ts';
import type { Member } from '../../servicegroup/driver.ts';
import { HOSTS_AT_ONCE } from './hosts.ts';
import { openPresence } from './presence.ts';
import type { Runtime } from './runtime.ts';

/** A compute host of this program. */
interface PresentHost {
  readonly host: HostName;
  onReturn(): Promise<void>;
}

/**
 * Keeps compute hosts present at the engine of the service group, if there is one. It is their own process that does this: a conductor that
 * did it for them would keep dead hosts alive. The servers of a host that was absent may have moved.
 */
export async function keepHostsPresent(runtime: Runtime, hosts: readonly PresentHost[]): Promise<void> {
  const { life } = runtime;
  const members = hosts.map(({ host }) => ({ binary: 'nova-compute', host }));
  const onReturn = (returned: readonly Member[]): void => {
    const names = new Set(returned.map(({ host }) => host));
    const back = hosts.filter(({ host }) => names.has(host));
    void atATime(HOSTS_AT_ONCE, back, (host) => host.onReturn());
  };
  const presence = await openPresence(runtime);
  if (presence) life.run('the presence of the hosts', presence.keep(members, life.signal, onReturn));
}
