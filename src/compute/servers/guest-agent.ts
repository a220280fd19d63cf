/** Whether what is asked of a guest can be done: some hypervisors need an agent inside it. */
import { capabilitiesOfHost } from '../../db/stores/hosts/hosts.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { hasGuestAgent, requiresQuiesce } from '../../objects/guest-agent.ts';
import type { Server } from '../../objects/server.ts';
import { GuestAgentNotEnabled, QuiesceUnsupported } from './errors.ts';

type Hosted = Pick<Server, 'id' | 'host' | 'vmState' | 'image'>;

/** Refuses where the guest has no agent, and the hypervisor can do nothing without. */
export async function checkAgent(db: CellDb, { host, image }: Pick<Hosted, 'host' | 'image'>): Promise<void> {
  if (hasGuestAgent(image) || host === null) return;
  const abilities = await capabilitiesOfHost(db, host);
  if (abilities && !abilities.includes('agentless')) throw GuestAgentNotEnabled({});
}

/** Refuses to copy the disk of a running guest whose image insists on a quiet disk, where nobody can quiesce it. */
export async function checkQuiesce(db: CellDb, { id, host, vmState, image }: Hosted): Promise<void> {
  if (vmState !== 'active' || host === null || !requiresQuiesce(image)) return;
  const abilities = await capabilitiesOfHost(db, host);
  const isAble = abilities?.includes('quiesce') && (hasGuestAgent(image) || abilities.includes('agentless'));
  if (!isAble) throw QuiesceUnsupported({ id });
}
