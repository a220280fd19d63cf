import { Type as t } from '@sinclair/typebox';
import { envelopeBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, stringMap } from '../../../../lib/versioning/schema.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import type { Server } from '../../../../objects/server.ts';
import { MetadataItemNotFound } from '../../../../compute/servers/errors.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { METADATA_KEY, metadataItem, metadataMap } from '../../../../operations/wire/guest-data.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const shown = stringMap(METADATA_KEY, nullable(t.String({ maxLength: 255 })));

const all = exactly(t.Object({ metadata: shown }));
const one = exactly(t.Object({ meta: shown }));

const COLLECTION = '/servers/{id}/metadata';
const ITEM = '/servers/{id}/metadata/{key}';

function itemOf({ metadata }: Server, key: string): Record<string, string> {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw MetadataItemNotFound({ key });
  return { [key]: value };
}

/** The metadata of a server and its single items. */
export const metadataRoutes = [
  route({
    method: 'GET',
    path: COLLECTION,
    summary: 'Show the metadata of a server.',
    status: 200,
    answers: all,
    handle: async ({ ctx, params }, { compute }: Deps) =>
      ok({ metadata: { ...(await compute.find(ctx, params.id, 'os_compute_api:server-metadata:index')).metadata } }),
  }),
  route({
    method: 'POST',
    path: COLLECTION,
    summary: 'Add items to the metadata of a server, or change them.',
    body: envelopeBody('metadata', metadataMap),
    status: 200,
    answers: all,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) => {
      const how = { how: 'merge', rule: 'os_compute_api:server-metadata:create' } as const;
      return ok({ metadata: { ...(await serverEdits.setMetadata(ctx, params.id, body, how)) } });
    },
  }),
  route({
    method: 'PUT',
    path: COLLECTION,
    summary: 'Replace the metadata of a server.',
    body: envelopeBody('metadata', metadataMap),
    status: 200,
    answers: all,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) => {
      const how = { how: 'replace', rule: 'os_compute_api:server-metadata:update_all' } as const;
      return ok({ metadata: { ...(await serverEdits.setMetadata(ctx, params.id, body, how)) } });
    },
  }),
  route({
    method: 'GET',
    path: ITEM,
    summary: 'Show one item of the metadata of a server.',
    status: 200,
    answers: one,
    handle: async ({ ctx, params }, { compute }: Deps) =>
      ok({ meta: itemOf(await compute.find(ctx, params.id, 'os_compute_api:server-metadata:show'), params.key) }),
  }),
  route({
    method: 'PUT',
    path: ITEM,
    summary: 'Set one item of the metadata of a server.',
    body: envelopeBody('meta', metadataItem),
    status: 200,
    answers: one,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) => {
      if (!Object.hasOwn(body, params.key)) throw InvalidInput({ message: 'Request body and URI mismatch' });
      await serverEdits.setMetadata(ctx, params.id, body, { how: 'merge', rule: 'os_compute_api:server-metadata:update' });
      return ok({ meta: { ...body } });
    },
  }),
  route({
    method: 'DELETE',
    path: ITEM,
    summary: 'Delete one item of the metadata of a server.',
    status: 204,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.deleteMetadataItem(ctx, params.id, params.key);
      return done();
    },
  }),
];
