/** Writes the DHCP options that single ports have, as dnsmasq reads them again whenever the guests of a network change. Pure text. */
import { knownOption } from '../../../plan/dhcp-options.ts';
import type { HostPort } from '../../driver.ts';
import { ipVersion } from './ip-text.ts';

/** The tag by which dnsmasq ties options to a port. */
export const portTag = ({ id }: Pick<HostPort, 'id'>): string => `port-${id}`;

/** One option a line. One that this dnsmasq would not understand is left out: it must not cost other guests theirs. */
export function dhcpOptions(ports: readonly HostPort[]): string {
  const lines = ports.flatMap((port) =>
    (port.dhcpOptions ?? []).flatMap((option) => {
      const known = knownOption(option);
      const value = known && valueOf(known.kind, option.value);
      return known && value !== undefined && option.ipVersion === 4 ? [`tag:${portTag(port)},${known.code},${value}`] : [];
    }),
  );
  return `${lines.sort().join('\n')}\n`;
}

function valueOf(kind: NonNullable<ReturnType<typeof knownOption>>['kind'], value: string): string | undefined {
  if (kind === 'text') return `"${value}"`;
  if (kind !== 'addresses') return value;
  const addresses = value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => ipVersion(one) === 4);
  return addresses.length > 0 ? addresses.join(',') : undefined;
}
