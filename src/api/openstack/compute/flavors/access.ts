import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { actionRoute, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;
type Grants = Awaited<ReturnType<Deps['flavorAccess']['list']>>;

const answers = exactly(t.Object({ flavor_access: t.Array(strictObject({ flavor_id: t.String(), tenant_id: t.String() })) }));

const told = (grants: Grants) =>
  ok({ flavor_access: grants.map(({ flavorId, projectId }) => ({ flavor_id: flavorId, tenant_id: projectId })) });

const tenant = strictObject({ tenant: t.String({ minLength: 1, maxLength: 255 }) });

export const listFlavorAccess = route({
  method: 'GET',
  path: '/flavors/{id}/os-flavor-access',
  summary: 'List the projects that may use a flavor.',
  status: 200,
  answers,
  handle: async ({ ctx, params }, { flavorAccess }: Deps) => told(await flavorAccess.list(ctx, params.id)),
});

export const addTenantAccess = actionRoute({
  key: 'addTenantAccess',
  path: '/flavors/{id}/action',
  summary: 'Give a project access to a flavor.',
  body: tenant,
  status: 200,
  answers,
  handle: async ({ ctx, params, body, at }, { flavorAccess }: Deps) => {
    const grant = { flavorId: params.id, projectId: body.tenant };
    return told(await flavorAccess.add(ctx, grant, { toPublic: at(v.publicFlavorAccess) ? 'refuse' : 'allow' }));
  },
});

export const removeTenantAccess = actionRoute({
  key: 'removeTenantAccess',
  path: '/flavors/{id}/action',
  summary: "Remove a project's access to a flavor.",
  body: tenant,
  status: 200,
  answers,
  handle: async ({ ctx, params, body }, { flavorAccess }: Deps) =>
    told(await flavorAccess.remove(ctx, { flavorId: params.id, projectId: body.tenant })),
});
