import { existsSync } from 'node:fs';
import { netnsPath } from '../../network/host/shell/host-shell.ts';
import { servingNamespace } from '../../network/host/shell/serving-namespace.ts';
import { hostLayout, isHostName } from '../../virt/libvirt/private-host/layout.ts';
import { CannotStart } from '../cannot-start.ts';
import { fakeGuestsIn, hostDirectory } from '../cloud/hosts.ts';
import type { Reachable } from './find-server.ts';

/** The words before a command that run it where a server's guest can be reached: none where the machine itself is in its network. */
export async function wayInto(
  stateDir: string,
  { host, networkId }: Pick<Reachable, 'host' | 'networkId'>,
  isRoot: boolean,
): Promise<readonly string[]> {
  const directory = hostDirectory({ stateDir }, host);
  if (existsSync(fakeGuestsIn(directory))) {
    throw CannotStart({ because: `the guests of ${host} are simulated: there is nothing to reach` });
  }
  const own = isHostName(host) ? hostLayout({ name: host, directory }).netns : '';
  const hostNetns = own !== '' && existsSync(netnsPath(own)) ? own : null;
  const netns = (await servingNamespace(hostNetns, networkId)) ?? hostNetns;
  if (netns === null) return [];
  if (!isRoot) throw CannotStart({ because: `the guests of ${host} are in a network namespace of their own, which only root may enter` });
  return ['nsenter', `--net=${netnsPath(netns)}`];
}
