/** Optional capabilities of a hypervisor. */
export const virtAbilities = ['pause', 'suspend', 'crashDump', 'setAdminPassword', 'rescue', 'diagnostics', 'quiesce'] as const;
export type VirtAbility = (typeof virtAbilities)[number];
