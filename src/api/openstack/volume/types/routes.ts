import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { field, type Resource, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import type { VolumeType } from '../../../../objects/volume.ts';
import { visibleSpecs } from '../../../../volume/api/volume-types.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, type ListRules, listingOf } from '../list-query.ts';
import { texts, truth, truthOf } from '../wire.ts';
import { asTexts, specs } from './extra-specs.ts';

const SPECS = 'volume_extension:access_types_extra_specs';

const base = {
  id: field(t.String(), ({ id }: VolumeType) => id),
  name: field(t.String(), ({ name }: VolumeType) => name),
  is_public: field(t.Boolean(), ({ isPublic }: VolumeType) => isPublic),
  description: field(nullable(t.String()), ({ description }: VolumeType) => description),
  extra_specs: field(texts, ({ extraSpecs }: VolumeType, view) => ({ ...visibleSpecs(extraSpecs, view.may(SPECS)) }), {
    partPolicy: SPECS,
  }),
};

const access = {
  'os-volume-type-access:is_public': field(t.Boolean(), ({ isPublic }: VolumeType) => isPublic, {
    policy: 'volume_extension:volume_type_access',
  }),
};

/** A type as a change of it answers it. */
export const updatedTypeView: Resource<VolumeType> = resource<VolumeType>()('volume_type', base);

/** A type as its creation answers it. */
export const createdTypeView: Resource<VolumeType> = resource<VolumeType>()('volume_type', { ...base, ...access });

export const volumeTypeView: Resource<VolumeType> = resource<VolumeType>()('volume_type', {
  ...base,
  ...access,
  qos_specs_id: field(nullable(t.String()), ({ qosSpecsId }) => qosSpecsId, {
    policy: 'volume_extension:access_types_qos_specs_id',
  }),
});

const rules: ListRules = {
  filters: {
    extra_specs: { column: 'extra_specs', kind: 'map' },
    name: { column: 'name', kind: 'text', adminOnly: true },
  },
  sort: { id: 'id', name: 'name', created_at: 'created_at', updated_at: 'updated_at', is_public: 'is_public' },
};

const dialect = linkedAs('volume_type_links');

const list = route({
  method: 'GET',
  path: '/types',
  summary: 'List volume types.',
  status: 200,
  answers: pageAnswer(dialect, 'volume_types', volumeTypeView),
  handle: async (req, { volumes }: VolumeFaceDeps) => {
    const asked = req.rawQuery.get('is_public');
    const listing = listingOf(req, rules);
    const isPublic = asked === null ? true : truthOf(asked);
    return ok(answeredPage(dialect, req, listing, { items: await volumes.types.list(req.ctx, listing, isPublic) }));
  },
});

const name = t.String({ minLength: 1, maxLength: 255, format: 'name-with-blanks' });

const createBody = requestBody(
  'volume_type',
  {
    name: bodyField({ type: name, required: true }),
    description: bodyField({ type: nullable(t.String({ maxLength: 255 })) }),
    extra_specs: bodyField({ type: nullable(specs) }),
    'os-volume-type-access:is_public': bodyField({ type: truth }),
  },
  { tolerant: true },
);

const create = route({
  method: 'POST',
  path: '/types',
  summary: 'Create a volume type.',
  body: createBody,
  status: 200,
  answers: envelope('volume_type', createdTypeView),
  handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) =>
    ok(
      await volumes.types.create(ctx, {
        name: body.name.trim(),
        description: body.description ?? null,
        isPublic: body['os-volume-type-access:is_public'] ?? true,
        extraSpecs: asTexts(body.extra_specs ?? {}),
      }),
    ),
});

const show = route({
  method: 'GET',
  path: '/types/{id}',
  summary: 'Show a volume type; default is the one that volumes get without.',
  status: 200,
  answers: envelope('volume_type', volumeTypeView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.types.show(ctx, params.id)),
});

const updateBody = requestBody(
  'volume_type',
  {
    name: bodyField({ type: nullable(t.String({ maxLength: 255 })) }),
    description: bodyField({ type: nullable(t.String({ maxLength: 255 })) }),
    is_public: bodyField({ type: truth }),
  },
  { tolerant: true },
);

const update = route({
  method: 'PUT',
  path: '/types/{id}',
  summary: 'Change a volume type.',
  body: updateBody,
  status: 200,
  answers: envelope('volume_type', updatedTypeView),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const { name: asked, description, is_public } = body;
    if (asked === undefined && description === undefined && is_public === undefined)
      throw new HttpFault(400, 'Specify volume type name, description, is_public or a combination thereof.');
    if (asked !== undefined && asked?.trim() === '') throw new HttpFault(400, 'Volume type name can not be empty.');
    return ok(
      await volumes.types.update(ctx, params.id, {
        ...(asked ? { name: asked.trim() } : {}),
        ...(description === undefined ? {} : { description }),
        ...(is_public === undefined ? {} : { is_public }),
      }),
    );
  },
});

const remove = route({
  method: 'DELETE',
  path: '/types/{id}',
  summary: 'Delete a volume type.',
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.types.delete(ctx, params.id);
    return done();
  },
});

export const typesRoutes = [list, create, show, update, remove];
