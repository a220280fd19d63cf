/** What not every hypervisor can do. */
export const virtAbilities = ['pause', 'suspend', 'crashDump', 'setAdminPassword'] as const;
export type VirtAbility = (typeof virtAbilities)[number];
