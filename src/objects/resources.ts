/**
 * Resource classes, by the names that OpenStack's Placement gives them: what hosts have and servers take. The tables hold any class
 * (PCI devices, huge pages, VGPU, CUSTOM_...): a new one is a line here and rows there.
 */
export const resourceClass = { vcpu: 'VCPU', memoryMb: 'MEMORY_MB', diskGb: 'DISK_GB' } as const;
export type ResourceClass = (typeof resourceClass)[keyof typeof resourceClass];

/** What a host has of one class. */
export interface Inventory {
  readonly total: number;
  /** Kept back for the host itself. */
  readonly reserved: number;
  /** How often the rest may be promised. */
  readonly allocationRatio: number;
  /** Allocated to servers that are here, come here or leave here. */
  readonly used: number;
}

/** What a host has, by class; a class that it does not have is not in it. */
export type Inventories = Readonly<Partial<Record<string, Inventory>>>;

/** What may still be promised; less than nothing where more is allocated than the host reports by now. */
export const freeOf = (inventory: Inventory | undefined): number =>
  inventory ? Math.floor((inventory.total - inventory.reserved) * inventory.allocationRatio) - inventory.used : 0;
