import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { createFlavorBody, description } from './create-body.ts';
import { flavorView } from './view.ts';

type Deps = ComputeFaceDeps;

export const createFlavor = route({
  method: 'POST',
  path: '/flavors',
  summary: 'Create a flavor.',
  body: createFlavorBody,
  status: 200,
  answers: envelope('flavor', flavorView),
  handle: async ({ ctx, body }, { flavors }: Deps) =>
    ok(
      await flavors.create(ctx, {
        id: body.id,
        name: body.name,
        ramMb: body.ram,
        vcpus: body.vcpus,
        rootGb: body.disk,
        ephemeralGb: body['OS-FLV-EXT-DATA:ephemeral'],
        swapMb: body.swap,
        rxtxFactor: body.rxtx_factor,
        isPublic: body['os-flavor-access:is_public'],
        description: body.description,
      }),
    ),
});

export const updateFlavor = route({
  method: 'PUT',
  path: '/flavors/{id}',
  summary: 'Change the description of a flavor.',
  since: v.flavorDescription,
  body: requestBody('flavor', { description: bodyField({ type: description, required: true }) }),
  status: 200,
  answers: envelope('flavor', flavorView),
  handle: async ({ ctx, params, body }, { flavors }: Deps) => ok(await flavors.describe(ctx, params.id, body.description)),
});

export const deleteFlavor = route({
  method: 'DELETE',
  path: '/flavors/{id}',
  summary: 'Delete a flavor.',
  status: 202,
  handle: async ({ ctx, params }, { flavors }: Deps) => {
    await flavors.delete(ctx, params.id);
    return done();
  },
});
