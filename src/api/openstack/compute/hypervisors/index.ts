import type { Route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { listHypervisors, listHypervisorServers, listHypervisorsInFull, searchHypervisors } from './lists.ts';
import { hypervisorStatistics, showHypervisor, showHypervisorUptime } from './routes.ts';

/** The hypervisors of the cloud. */
export const hypervisorRoutes: readonly Route<ComputeFaceDeps>[] = [
  listHypervisors,
  listHypervisorsInFull,
  hypervisorStatistics,
  showHypervisor,
  showHypervisorUptime,
  searchHypervisors,
  listHypervisorServers,
];
