/** Finds the namespace from which a host serves a network: the guests of the network can be reached there. */
import { readdir } from 'node:fs/promises';
import { namespacePrefix } from '../device-names.ts';
import { NAMESPACES } from './host-shell.ts';

/** Its name; undefined where the network has none. `netns` is the namespace of the host itself, null for that of the machine. */
export async function servingNamespace(netns: string | null, networkId: string): Promise<string | undefined> {
  const names = await readdir(NAMESPACES).catch((): string[] => []);
  return names.find((name) => name.startsWith(`${namespacePrefix(netns)}network_`) && name.endsWith(`.${networkId}`));
}
