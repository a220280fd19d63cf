import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { pageOf, pagingParams } from '../paging.ts';
import { createdKeypair, keypairView, listedKeypair } from './view.ts';

type Deps = ComputeFaceDeps;

const user = { user_id: param({ since: v.keypairsOfUsers }) };
const userQuery = queryParams(user, { strict: { since: v.strictKeys } });

const oldName = t.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9 _-]+$', format: 'name' });
const newName = t.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9 _@.-]+$', format: 'name' });

const createBody = requestBody('keypair', {
  name: bodyVariants(
    bodyField({ type: oldName, required: true, until: v.noKeyGeneration, absent: '' }),
    bodyField({ type: newName, required: true, since: v.noKeyGeneration, absent: '' }),
  ),
  public_key: bodyVariants(
    bodyField({ type: t.String(), until: v.noKeyGeneration }),
    bodyField({ type: t.String(), required: true, since: v.noKeyGeneration }),
  ),
  type: bodyField({ type: stringEnum(['ssh', 'x509']), since: v.keypairTypes, absent: 'ssh' }),
  user_id: bodyField({ type: t.String(), since: v.keypairsOfUsers }),
});

export const createKeypair = route({
  method: 'POST',
  path: '/os-keypairs',
  summary: 'Import a public key, or (before 2.92) generate a keypair.',
  body: createBody,
  status: (at) => (at.ordinal >= v.keypairTypes.ordinal ? 201 : 200),
  answers: envelope('keypair', createdKeypair),
  handle: async ({ ctx, body }, { keypairs }: Deps) =>
    ok(
      await keypairs.create(ctx, {
        name: body.name,
        type: body.type,
        ...(body.public_key === undefined ? {} : { publicKey: body.public_key }),
        ...(body.user_id === undefined ? {} : { userId: body.user_id }),
      }),
    ),
});

const { limit, marker } = pagingParams;
const listQuery = queryParams(
  { ...user, limit: { ...limit, since: v.keypairPaging }, marker: { ...marker, since: v.keypairPaging } },
  { strict: { since: v.strictKeys } },
);

export const listKeypairs = route({
  method: 'GET',
  path: '/os-keypairs',
  summary: "List a user's keypairs by name.",
  query: listQuery,
  status: 200,
  answers: collection('keypairs', listedKeypair, { since: v.keypairPaging }),
  handle: async (req, { keypairs, maxLimit }: Deps) => {
    const { query, ctx } = req;
    const size = pageSize(query.limit, { longest: maxLimit });
    const page = {
      limit: size,
      ...(query.marker === undefined ? {} : { marker: query.marker }),
      ...(query.user_id === undefined ? {} : { userId: query.user_id }),
    };
    return ok(pageOf(await keypairs.list(ctx, page), size, req, ({ name }) => name));
  },
});

export const showKeypair = route({
  method: 'GET',
  path: '/os-keypairs/{name}',
  summary: 'Show a keypair.',
  query: userQuery,
  status: 200,
  answers: envelope('keypair', keypairView),
  handle: async ({ ctx, params, query }, { keypairs }: Deps) => ok(await keypairs.find(ctx, params.name, query.user_id)),
});

export const deleteKeypair = route({
  method: 'DELETE',
  path: '/os-keypairs/{name}',
  summary: 'Delete a keypair.',
  query: userQuery,
  status: (at) => (at.ordinal >= v.keypairTypes.ordinal ? 204 : 202),
  handle: async ({ ctx, params, query }, { keypairs }: Deps) => {
    await keypairs.delete(ctx, params.name, query.user_id);
    return done();
  },
});
