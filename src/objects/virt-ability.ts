/** Optional capabilities of a hypervisor; `agentless` says that passwords and quiescing need no agent in the guest. */
export const virtAbilities = [
  'pause',
  'suspend',
  'crashDump',
  'setAdminPassword',
  'rescue',
  'diagnostics',
  'quiesce',
  'agentless',
] as const;
export type VirtAbility = (typeof virtAbilities)[number];
