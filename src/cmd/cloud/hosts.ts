import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asId, type HostName } from '../../objects/ids.ts';
import { canRunGuests } from '../../virt/libvirt/choose.ts';
import { hostLayout, isHostName } from '../../virt/libvirt/private-host/layout.ts';
import { CannotStart } from '../cannot-start.ts';
import { inState, type Runtime } from './runtime.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** How the compute hosts of this program run guests. */
export type HostKind =
  | { readonly kind: 'fake' }
  /** The libvirtd of this machine. */
  | { readonly kind: 'system' }
  /** A libvirtd of our own, in a network namespace of its own. */
  | { readonly kind: 'private' };

/** One compute host that this program serves. */
export interface LocalHost {
  readonly name: HostName;
  /** Its directory below the state directory. */
  readonly directory: string;
  /** Its network namespace; null is that of the machine. */
  readonly netns: string | null;
}

/** Hosts of one program that start concurrently; only simulated hosts are many. */
export const HOSTS_AT_ONCE = 20;

/** Decides, once per program, how guests run here, and logs the reason when the configuration leaves it open. */
export const chooseHostKind = memoize(choose);

async function choose({ config, log }: Runtime): Promise<HostKind> {
  const { compute_driver: wanted } = config.DEFAULT;
  if (wanted === 'fake') return { kind: 'fake' };
  if (config.libvirt.connection_uri !== undefined) return { kind: 'system' };
  const answer = await canRunGuests({ daemon: config.libvirt.daemon });
  if (answer.ok) {
    if (wanted === 'auto') log.info({ how: answer.how }, 'compute_driver=auto: libvirt can run guests here');
    return { kind: answer.how };
  }
  if (wanted === 'libvirt') throw CannotStart({ because: `compute_driver=libvirt, but ${answer.because}` });
  log.warn({ because: answer.because }, 'compute_driver=auto: simulated guests, for libvirt cannot run real ones here');
  return { kind: 'fake' };
}

/** What a host keeps of its guests and networks. */
export const hostDirectory = (runtime: Pick<Runtime, 'stateDir'>, host: string): string => inState(runtime, HOSTS, host);

/** Where a simulated host keeps its guests. */
export const fakeGuestsIn = (directory: string): string => join(directory, 'fake-guests');

/** The files of a host's real guests. */
export const guestsIn = (directory: string): string => join(directory, 'instances');

/** What a host's network driver keeps. */
export const networkIn = (directory: string): string => join(directory, 'network');

/** The hosts of this program: one, or as many simulated ones as were asked for. */
export function localHosts(runtime: Runtime, { kind }: HostKind): readonly LocalHost[] {
  const { config, host } = runtime;
  const directory = (name: string) => hostDirectory(runtime, name);
  if (kind === 'fake') return fakeNames(host, config.fake.hosts).map((name) => ({ name, directory: directory(name), netns: null }));
  if (kind === 'private' && !isHostName(host)) {
    throw CannotStart({
      because: `a private host cannot be called ${host}: NOVA_HOST may have 63 letters, digits, dots and hyphens there`,
    });
  }
  const netns = kind === 'private' ? hostLayout({ name: host, directory: directory(host) }).netns : null;
  return [{ name: host, directory: directory(host), netns }];
}

/** The directory of hosts in the state directory. */
const HOSTS = 'hosts';

/** The directories of all hosts in the state directory, of this program or others. */
export const hostDirectories = async (runtime: Runtime): Promise<readonly string[]> =>
  (await readdir(inState(runtime, HOSTS))).map((name) => inState(runtime, HOSTS, name));

const fakeNames = (host: HostName, count: number): readonly HostName[] =>
  count === 1 ? [host] : Array.from({ length: count }, (_, i) => asId<HostName>(`${host}-${i + 1}`));
