/**
 * Resource classes, by the names that OpenStack's Placement gives them: what hosts have and servers take. The tables hold any class
 * (PCI devices, huge pages, VGPU, CUSTOM_...): a new one is a line here and rows there.
 */
export const resourceClass = {
  vcpu: 'VCPU',
  /** CPUs of the host that one server has for itself. */
  pcpu: 'PCPU',
  memoryMb: 'MEMORY_MB',
  diskGb: 'DISK_GB',
} as const;
export type ResourceClass = (typeof resourceClass)[keyof typeof resourceClass];

/** A host's inventory of one class. */
export interface Inventory {
  readonly total: number;
  /** Reserved for the host itself. */
  readonly reserved: number;
  /** The allocation ratio of the rest. */
  readonly allocationRatio: number;
  /** Allocated to servers that are on the host, moving in or moving out. */
  readonly used: number;
}

/** A host's inventory by class; classes that it lacks are absent. */
export type Inventories = Readonly<Partial<Record<string, Inventory>>>;

/** What can still be allocated; negative when more is allocated than the host now reports. */
export const freeOf = (inventory: Inventory | undefined): number =>
  inventory ? Math.floor((inventory.total - inventory.reserved) * inventory.allocationRatio) - inventory.used : 0;
