/** Why a host cannot be removed now, and what the operator can do about it. */
import { errorType } from '../../lib/errors/error-type.ts';
import type { Occupant } from '../../db/stores/hosts/occupants.ts';
import type { PlacementRole } from '../../objects/placement-role.ts';

/** The servers that the refusal names; it counts the others. */
export const NAMED_OCCUPANTS = 10;

/** Servers are there, come or leave. */
export const HostInUse = errorType(
  'HostInUse',
  'conflict',
  ({ host, count, first }: { host: string; count: number; first: readonly Occupant[] }) =>
    [
      `host ${host} has ${count} ${count === 1 ? 'server' : 'servers'}: delete or move what is there first`,
      ...first.map(lineOf),
      ...(count > first.length ? [`  and ${count - first.length} more`] : []),
    ].join('\n'),
);

const lineOf = ({ id, name, vmState, role }: Occupant): string =>
  `  ${id}  ${name} (${[vmState, ...(role ? [wordsFor[role]] : [])].join(', ')})`;

const wordsFor: Readonly<Record<PlacementRole, string>> = {
  current: 'on the host',
  incoming: 'coming to the host',
  outgoing: 'leaving the host',
};

/** A service of the host still works: it would register the host again. */
export const HostRuns = errorType(
  'HostRuns',
  'conflict',
  (p: { host: string; service: string; where: string }) => `${p.service} of host ${p.host} still runs (${p.where}): stop it first`,
);

/** The name could lead out of the directory of hosts. */
export const NoHostName = errorType('NoHostName', 'invalid', (p: { host: string }) => `"${p.host}" cannot be the name of a host`);

/** Network namespaces belong to root. */
export const RemovalNeedsRoot = errorType(
  'RemovalNeedsRoot',
  'forbidden',
  (p: { host: string; what: string }) => `host ${p.host} has ${p.what} on this machine, which only root can remove`,
);
