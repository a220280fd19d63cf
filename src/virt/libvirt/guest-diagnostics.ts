import type { Diagnostics } from '../../objects/diagnostics.ts';
import type { ServerId } from '../../objects/ids.ts';
import { GuestInWrongState } from '../errors.ts';
import type { VirtType } from './definition/domain-parts.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';
import type { XmlElement } from './xml.ts';

// What libvirt counts of a guest. Its statistics are one flat record: `net.0.rx.bytes`, `block.1.name`.

type Stats = Readonly<Record<string, unknown>>;

/** Reads the statistics of a running guest. */
export async function guestDiagnostics(
  { link, domains, virtType }: { link: LibvirtLink; domains: GuestDomains; virtType: VirtType },
  serverId: ServerId,
): Promise<Diagnostics> {
  const domain = await domains.get(serverId);
  const state = await domains.powerState(domain);
  if (state !== 'running') throw GuestInWrongState({ serverId, state, wanted: 'running' });
  const [stats, definition] = await link.call('read the statistics of the server', async (libvirt) => {
    const [found] = await libvirt.domainStats([domain], ['cpu-total', 'balloon', 'vcpu', 'interface', 'block']);
    return [found?.stats ?? {}, readXml(await libvirt.xml(domain))] as const;
  });
  return {
    state,
    hypervisor: virtType,
    hypervisorOs: 'linux',
    cpus: each(stats, 'vcpu', 'current', (at, id) => ({ id, timeNs: numberIn(stats, `${at}.time`) })),
    nics: each(stats, 'net', 'count', (at) => {
      const device = String(stats[`${at}.name`]);
      return { device, macAddress: macOf(definition, device), received: trafficIn(stats, `${at}.rx`), sent: trafficIn(stats, `${at}.tx`) };
    }),
    disks: each(stats, 'block', 'count', (at) => ({
      device: String(stats[`${at}.name`]),
      readBytes: numberIn(stats, `${at}.rd.bytes`),
      readRequests: numberIn(stats, `${at}.rd.reqs`),
      writeBytes: numberIn(stats, `${at}.wr.bytes`),
      writeRequests: numberIn(stats, `${at}.wr.reqs`),
      errors: numberIn(stats, `${at}.errors`),
    })),
    memoryKib: memoryIn(stats),
  };
}

const each = <T>(stats: Stats, kind: string, count: string, read: (at: string, index: number) => T): T[] =>
  Array.from({ length: numberIn(stats, `${kind}.${count}`) ?? 0 }, (_, index) => read(`${kind}.${index}`, index));

const trafficIn = (stats: Stats, at: string) => ({
  octets: numberIn(stats, `${at}.bytes`),
  packets: numberIn(stats, `${at}.pkts`),
  errors: numberIn(stats, `${at}.errs`),
  drops: numberIn(stats, `${at}.drop`),
});

/** `balloon.current` is what the guest has, `balloon.maximum` what it may have; the others keep their names. */
const memoryIn = (stats: Stats): Record<string, number> =>
  Object.fromEntries(
    Object.keys(stats)
      .filter((name) => name.startsWith('balloon.'))
      .map((name) => [name.slice('balloon.'.length).replace(/^current$/, 'actual'), numberIn(stats, name) ?? 0]),
  );

const numberIn = (stats: Stats, name: string): number | null => {
  const value = stats[name];
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
};

/** The hardware address of the card behind a device of the host. */
function macOf(definition: XmlElement, device: string): string | null {
  const cards = childrenOf(elementAt(definition, 'devices'), 'interface');
  const card = cards.find((one) => attributeOf(elementAt(one, 'target'), 'dev') === device);
  return attributeOf(elementAt(card, 'mac'), 'address') ?? null;
}
