import { type Static, Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import type { DefaultType } from '../../../../objects/volume-type-specs.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { v } from '../microversions.ts';

const since = v.defaultTypes;
const document = strictObject({ project_id: t.String(), volume_type_id: t.String() });
const documentOf = ({ projectId, typeId }: DefaultType): Static<typeof document> => ({ project_id: projectId, volume_type_id: typeId });
const shown = exactly(t.Object({ default_type: document }));

const list = route({
  method: 'GET',
  path: '/default-types',
  summary: 'List the default volume types of projects.',
  since,
  status: 200,
  answers: exactly(t.Object({ default_types: t.Array(document) })),
  handle: async ({ ctx }, { volumes }: VolumeFaceDeps) => ok({ default_types: (await volumes.defaultTypes.list(ctx)).map(documentOf) }),
});

const show = route({
  method: 'GET',
  path: '/default-types/{id}',
  summary: 'Show the default volume type of a project.',
  since,
  status: 200,
  answers: shown,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) =>
    ok({ default_type: documentOf(await volumes.defaultTypes.show(ctx, params.id)) }),
});

const set = route({
  method: 'PUT',
  path: '/default-types/{id}',
  summary: 'Set the default volume type of a project.',
  since,
  body: requestBody('default_type', { volume_type: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }) }),
  status: 200,
  answers: shown,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
    ok({ default_type: documentOf(await volumes.defaultTypes.set(ctx, params.id, body.volume_type)) }),
});

const unset = route({
  method: 'DELETE',
  path: '/default-types/{id}',
  summary: 'Give a project the default volume type of all.',
  since,
  status: 204,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.defaultTypes.unset(ctx, params.id);
    return done();
  },
});

export const defaultTypesRoutes = [list, show, set, unset];
