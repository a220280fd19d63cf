// Which types have which limits. Clients change that with GET.
import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';

const association = strictObject({ association_type: t.String(), name: t.String(), id: t.String() });

const list = route({
  method: 'GET',
  path: '/qos-specs/{id}/associations',
  summary: 'List the volume types that have limits.',
  status: 200,
  answers: exactly(t.Object({ qos_associations: t.Array(association) })),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    const types = await volumes.qosAssociations.list(ctx, params.id);
    return ok({ qos_associations: types.map(({ id, name }) => ({ association_type: 'volume_type', name, id })) });
  },
});

const ofType = queryParams({ vol_type_id: param({ read: (text) => text }) });

function named({ vol_type_id: id }: { readonly vol_type_id?: string }): string {
  if (id === undefined) throw new HttpFault(400, 'Volume Type id must not be None.');
  return id;
}

const associate = route({
  method: 'GET',
  path: '/qos-specs/{id}/associate',
  summary: 'Give limits to a volume type.',
  changes: true,
  query: ofType,
  status: 202,
  handle: async ({ ctx, params, query }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosAssociations.associate(ctx, params.id, named(query));
    return done();
  },
});

const disassociate = route({
  method: 'GET',
  path: '/qos-specs/{id}/disassociate',
  summary: 'Take limits from a volume type.',
  changes: true,
  query: ofType,
  status: 202,
  handle: async ({ ctx, params, query }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosAssociations.disassociate(ctx, params.id, named(query));
    return done();
  },
});

const disassociateAll = route({
  method: 'GET',
  path: '/qos-specs/{id}/disassociate_all',
  summary: 'Take limits from every volume type.',
  changes: true,
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosAssociations.disassociateAll(ctx, params.id);
    return done();
  },
});

export const qosAssociationRoutes = [list, associate, disassociate, disassociateAll];
