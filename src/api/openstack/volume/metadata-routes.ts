// The metadata of a thing, as a whole and key by key.
import type { Context } from '../../../lib/context/context.ts';
import { Type as t } from '@sinclair/typebox';
import { envelopeBody } from '../../../lib/versioning/request-body.ts';
import { etagOf, type MetadataApi } from '../../../volume/api/metadata.ts';
import { exactly } from '../../pipeline/answer.ts';
import { type ApiRequest, done, ok, type Route, route } from '../../pipeline/route.ts';
import type { VolumeFaceDeps } from './deps.ts';
import { v } from './microversions.ts';
import { metadata, oneMeta, texts } from './wire.ts';

const all = exactly(t.Object({ metadata: texts }));
const one = exactly(t.Object({ meta: texts }));

type Path = '/volumes' | '/snapshots';
type Pick = (deps: VolumeFaceDeps) => MetadataApi;

/** The routes below `path`; `pick` says whose metadata they are. */
export const metadataRoutes = (path: Path, pick: Pick): readonly Route<VolumeFaceDeps>[] => [...ofAll(path, pick), ...ofOne(path, pick)];

function ofAll(path: Path, pick: Pick): readonly Route<VolumeFaceDeps>[] {
  const list = route({
    method: 'GET',
    path: `${path}/{id}/metadata`,
    summary: 'List metadata.',
    status: 200,
    answers: all,
    handle: async ({ ctx, params, at }: Req, deps: VolumeFaceDeps) => {
      const found = await pick(deps).list(ctx, params.id);
      return ok({ metadata: { ...found } }, at(v.metadataEtags) ? { headers: { Etag: etagOf(found) } } : {});
    },
  });
  const add = route({
    method: 'POST',
    path: `${path}/{id}/metadata`,
    summary: 'Add metadata.',
    body: envelopeBody('metadata', metadata),
    status: 200,
    answers: all,
    handle: async ({ ctx, params, body }, deps: VolumeFaceDeps) => ok({ metadata: { ...(await pick(deps).add(ctx, params.id, body)) } }),
  });
  const replace = route({
    method: 'PUT',
    path: `${path}/{id}/metadata`,
    summary: 'Replace all metadata.',
    body: envelopeBody('metadata', metadata),
    status: 200,
    answers: all,
    handle: async ({ ctx, params, body, at, headers }, deps: VolumeFaceDeps) => {
      const etag = at(v.metadataEtags) ? headers['if-match'] : undefined;
      return ok({ metadata: { ...(await pick(deps).replace(ctx, params.id, body, etag)) } });
    },
  });
  return [list, add, replace];
}

function ofOne(path: Path, pick: Pick): readonly Route<VolumeFaceDeps>[] {
  const show = route({
    method: 'GET',
    path: `${path}/{id}/metadata/{key}`,
    summary: 'Show the value of a metadata key.',
    status: 200,
    answers: one,
    handle: async ({ ctx, params }, deps: VolumeFaceDeps) =>
      ok({ meta: { [params.key]: await pick(deps).show(ctx, params.id, params.key) } }),
  });
  const set = route({
    method: 'PUT',
    path: `${path}/{id}/metadata/{key}`,
    summary: 'Set a metadata key.',
    body: envelopeBody('meta', oneMeta),
    status: 200,
    answers: one,
    handle: async ({ ctx, params, body }, deps: VolumeFaceDeps) => {
      await pick(deps).add(ctx, params.id, body);
      return ok({ meta: body });
    },
  });
  const remove = route({
    method: 'DELETE',
    path: `${path}/{id}/metadata/{key}`,
    summary: 'Remove a metadata key.',
    status: 200,
    handle: async ({ ctx, params }, deps: VolumeFaceDeps) => {
      await pick(deps).remove(ctx, params.id, params.key);
      return done();
    },
  });
  return [show, set, remove];
}

type Req = ApiRequest<{ readonly id: string }> & { readonly ctx: Context };
