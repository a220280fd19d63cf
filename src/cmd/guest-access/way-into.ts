import { existsSync } from 'node:fs';
import { hostLayout, isHostName } from '../../virt/libvirt/private-host/layout.ts';
import { CannotStart } from '../cannot-start.ts';
import { fakeGuestsIn, hostDirectory } from '../cloud/hosts.ts';

/** The words before a command that run it where a host's guests can be reached: none for the machine's own network. */
export function wayInto(stateDir: string, host: string, isRoot: boolean): readonly string[] {
  const directory = hostDirectory({ stateDir }, host);
  if (existsSync(fakeGuestsIn(directory))) {
    throw CannotStart({ because: `the guests of ${host} are simulated: there is nothing to reach` });
  }
  const netns = isHostName(host) ? hostLayout({ name: host, directory }).netnsFile : '';
  if (!existsSync(netns)) return [];
  if (!isRoot) throw CannotStart({ because: `the guests of ${host} are in a network namespace of their own, which only root may enter` });
  return ['nsenter', `--net=${netns}`];
}
