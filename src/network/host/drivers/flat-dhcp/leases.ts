/**
 * Finds leases that would keep an address from its new owner: dnsmasq never gives away an address that another hardware address
 * has leased, and drops an unexpired lease only by a restart without it. Pure text.
 */

/** Whether an address of the list of guests is leased to someone else. */
export const hasStaleLeases = (leases: string, hosts: string): boolean => dropStaleLeases(leases, hosts) !== leases;

/** The lease file without the leases whose address belongs to another guest now. Lines: expiry, hardware address, address, name, client id. */
export function dropStaleLeases(leases: string, hosts: string): string {
  const owners = new Map(
    hosts.split('\n').map((line) => {
      const [macAddress = '', ipAddress = ''] = line.split(',');
      return [ipAddress, macAddress];
    }),
  );
  const isStale = (line: string) => {
    const [, macAddress = '', ipAddress = ''] = line.split(' ');
    const owner = owners.get(ipAddress);
    return owner !== undefined && owner !== macAddress.toLowerCase();
  };
  return leases
    .split('\n')
    .filter((line) => !isStale(line))
    .join('\n');
}
