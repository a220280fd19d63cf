/** How a host takes guests in that come running, and how it sends its own. */

/** Where other hosts reach this one's libvirtd and QEMU. */
export interface ArrivalPlace {
  /** The URI of its libvirtd for other libvirtds. */
  readonly connect: string;
  /** Where QEMU takes in the memory and the disks of this guest. Without a place for disks libvirt chooses one. */
  readonly placesOf: (serverId: string) => { readonly migrate: string; readonly disks?: string };
}

/** Nova's options of the same names, under [libvirt]live_migration_. */
export interface LiveMigrationTuning {
  /** How long a guest may stop at the end, in milliseconds. */
  readonly downtimeMs: number;
  /** In how many steps the migration gets there, and the seconds between two for each GiB to move. */
  readonly downtimeSteps: number;
  readonly downtimeDelaySeconds: number;
  /** In MiB a second; 0 is unlimited. */
  readonly bandwidthMib: number;
  /** Seconds for each GiB to move, after which a migration is ended; 0 is never. */
  readonly completionTimeoutSeconds: number;
  readonly timeoutAction: 'abort' | 'force_complete';
  readonly permitsPostCopy: boolean;
  readonly permitsAutoConverge: boolean;
  readonly isEncrypted: boolean;
}

export interface LiveMigrationOptions {
  readonly arrivals: ArrivalPlace;
  readonly tuning: LiveMigrationTuning;
}

/** Sockets in a directory that only the hosts of one machine see: no guest can reach them. */
export const socketsIn = (directory: string, connect: string): ArrivalPlace => ({
  connect,
  // The path of a socket has at most 107 bytes.
  placesOf: (serverId) => {
    const short = serverId.slice(0, 8);
    return { migrate: `unix://${directory}/m-${short}`, disks: `unix://${directory}/d-${short}` };
  },
});

/** An address of the network between the hosts. */
export const addressOf = (
  address: string,
  { uri, scheme = 'tcp' }: { uri?: string | undefined; scheme?: string | undefined },
): ArrivalPlace => ({
  connect: uri?.replace('%s', address) ?? `qemu+${scheme}://${address}/system`,
  placesOf: () => ({ migrate: `tcp://${address}` }),
});
