import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';

const access = t.Array(strictObject({ volume_type_id: t.String(), project_id: t.String() }));

const listAccess = route({
  method: 'GET',
  path: '/types/{id}/os-volume-type-access',
  summary: 'List the projects that may use a private volume type.',
  status: 200,
  answers: exactly(t.Object({ volume_type_access: access })),
  handle: async ({ ctx, params: { id } }, { volumes }: VolumeFaceDeps) => {
    const projects = await volumes.typeAccess.projects(ctx, id);
    return ok({ volume_type_access: projects.map((project) => ({ volume_type_id: id, project_id: project })) });
  },
});

const projectBody = bodyObject({ project: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }) });

const addAccess = actionRoute({
  key: 'addProjectAccess',
  path: '/types/{id}/action',
  summary: 'Let a project use a private volume type.',
  body: projectBody,
  status: 202,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    await volumes.typeAccess.addProject(ctx, params.id, body.project);
    return done();
  },
});

const removeAccess = actionRoute({
  key: 'removeProjectAccess',
  path: '/types/{id}/action',
  summary: 'No longer let a project use a private volume type.',
  body: projectBody,
  status: 202,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    await volumes.typeAccess.removeProject(ctx, params.id, body.project);
    return done();
  },
});

export const typeAccessRoutes = [listAccess, addAccess, removeAccess];
