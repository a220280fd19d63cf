/** How a network's guests are served: every host serves its own, at the address of the gateway. What asks for another way is refused. */
import { BadNetworkRequest } from './errors.ts';

/** What a client asks for; undefined leaves it to the cloud. */
export interface AskedServing {
  /** The address at which DHCP is answered. */
  readonly dhcpServer: string | undefined;
  /** Whether all hosts answer at the same address. */
  readonly sharesAddress: boolean | undefined;
  /** Whether every host serves its own guests. */
  readonly isOnEveryHost: boolean | undefined;
}

/** Without DHCP its address is of no importance. */
export function checkServing(
  { dhcpServer, sharesAddress, isOnEveryHost }: AskedServing,
  { gatewayIp, enableDhcp = true }: { readonly gatewayIp?: string | null; readonly enableDhcp?: boolean },
): void {
  if (isOnEveryHost === false) refuse('multi_host cannot be false: every host serves its own guests.');
  if (sharesAddress === false) refuse('share_address cannot be false: every host serves its guests at the address of the gateway.');
  if (dhcpServer !== undefined && enableDhcp && dhcpServer !== gatewayIp)
    refuse(`dhcp_server cannot be ${dhcpServer}: it must be the gateway, which is ${gatewayIp ?? 'not named'}.`);
}

function refuse(message: string): never {
  throw BadNetworkRequest({ message });
}
