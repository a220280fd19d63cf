// network_data.json: the guest's links, what runs on them, and shared services, as cloud-init reads them.
import type { NetworkInfo, SubnetInfo } from '../network-info.ts';

type Port = NetworkInfo[number];
type FixedIp = Port['fixedIps'][number];

/** A guest with DHCP is told to ask for its addresses, any other its addresses and routes; both are told their DNS servers. */
export function networkData(networkInfo: NetworkInfo): object {
  const links = networkInfo.map((port) => ({
    id: linkOf(port),
    vif_id: port.portId,
    type: 'bridge',
    mtu: port.mtu,
    ethernet_mac_address: port.macAddress,
  }));
  const networks = networkInfo.flatMap((port) =>
    networksOf(port).map((one) => ({ ...one, link: linkOf(port), network_id: port.networkId })),
  );
  const servers = networkInfo.flatMap(({ subnets = [] }) => subnets.flatMap(({ dnsServers }) => dnsServers));
  return { links, networks: networks.map((network, index) => ({ id: `network${index}`, ...network })), services: dns(servers) };
}

/** One for all addresses of a version that DHCP gives, and one for each other address. */
function networksOf(port: Port): readonly object[] {
  const addresses = port.fixedIps.map((fixedIp) => ({ ...fixedIp, subnet: subnetOf(port, fixedIp) }));
  // A record that does not know its subnets was written when all guests were told to use DHCP.
  const asked = addresses.filter(({ subnet }) => subnet?.hasDhcp ?? true);
  const byVersion = Map.groupBy(asked, ({ version }) => version);
  return [
    ...[...byVersion].map(([version, those]) => ({
      type: `ipv${version}_dhcp`,
      services: dns(those.flatMap(({ subnet }) => subnet?.dnsServers ?? [])),
    })),
    ...addresses.flatMap(({ version, ipAddress, subnet }) => {
      if (!subnet || subnet.hasDhcp) return [];
      const { netmask, routes, dnsServers } = subnet;
      return [{ type: `ipv${version}`, ip_address: ipAddress, netmask, routes, services: dns(dnsServers) }];
    }),
  ];
}

const subnetOf = ({ subnets = [] }: Port, { subnetId }: FixedIp): SubnetInfo | undefined => subnets.find(({ id }) => id === subnetId);

const dns = (addresses: readonly string[]): readonly object[] => [...new Set(addresses)].map((address) => ({ type: 'dns', address }));

/** Interface names have at most 15 characters, here as on the host's tap devices. */
const linkOf = ({ portId }: Port): string => `tap${portId.slice(0, 11)}`;
