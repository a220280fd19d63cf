// network_data.json: the guest's links, what runs on them, and shared services, as cloud-init reads them.
import type { NetworkInfo } from '../../objects/network-info.ts';

/** Every subnet has DHCP, so no addresses are listed here: the guest gets them by DHCP. */
export function networkData(networkInfo: NetworkInfo): object {
  const links = networkInfo.map((port) => ({
    id: linkOf(port),
    vif_id: port.portId,
    type: 'bridge',
    mtu: port.mtu,
    ethernet_mac_address: port.macAddress,
  }));
  const networks = networkInfo.flatMap((port) =>
    [...new Set(port.fixedIps.map(({ version }) => version))].map((version) => ({
      type: `ipv${version}_dhcp`,
      link: linkOf(port),
      network_id: port.networkId,
    })),
  );
  return { links, networks: networks.map((network, index) => ({ id: `network${index}`, ...network })), services: [] };
}

/** Interface names have at most 15 characters, here as on the host's tap devices. */
const linkOf = ({ portId }: NetworkInfo[number]): string => `tap${portId.slice(0, 11)}`;
