/** Events of routers and floating IPs. */
import { Type as t } from '@sinclair/typebox';
import { networkId, portId } from '../objects/ids.ts';
import { eventType, orNull, snapshot, time, word } from './event-type.ts';

const kept = { projectId: t.String(), description: t.String(), createdAt: time(), updatedAt: time() };
const tags = t.Array(t.String());
const ofProject = { projectOf: ({ projectId }: { readonly projectId: string }) => projectId };

const leg = t.Object({
  portId,
  networkId,
  macAddress: t.String(),
  fixedIps: t.Array(t.Object({ subnetId: t.String(), ipAddress: t.String() })),
});
/** A router with its devices; one that comes or goes is an update. */
const router = snapshot(
  t.Object({
    id: t.String(),
    ...kept,
    name: t.String(),
    adminStateUp: t.Boolean(),
    isTranslating: t.Boolean(),
    routes: t.Array(t.Object({ destination: t.String(), nexthop: t.String() })),
    gateway: orNull(leg),
    interfaces: t.Array(leg),
    tags,
  }),
  { subjectOf: ({ id }) => id, ...ofProject },
);
export const routerCreate = eventType('router.create', router);
export const routerUpdate = eventType('router.update', router);
export const routerDelete = eventType('router.delete', router);

const target = { portId, subnetId: t.String(), fixedIp: t.String(), routerId: t.String() };

/** A floating IP; its update says where it, and each of its ports, leads from now on. */
const floatingIp = snapshot(
  t.Object({
    id: t.String(),
    ...kept,
    networkId,
    address: t.String(),
    target: orNull(t.Object(target)),
    forwardings: t.Array(
      t.Object({
        id: t.String(),
        ...target,
        description: t.String(),
        protocol: word<'tcp' | 'udp'>(),
        externalPort: t.Integer(),
        internalPort: t.Integer(),
      }),
    ),
    tags,
  }),
  { subjectOf: ({ id }) => id, ...ofProject },
);
export const floatingIpCreate = eventType('floatingIp.create', floatingIp);
export const floatingIpUpdate = eventType('floatingIp.update', floatingIp);
export const floatingIpDelete = eventType('floatingIp.delete', floatingIp);
