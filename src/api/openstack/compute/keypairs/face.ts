import { Type as t } from '@sinclair/typebox';
import type { CreatedKeypair, KeypairApi } from '../../../../compute/keypairs/keypair-api.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { resourceOf } from '../resource-face.ts';
import { createdKeypair, keypairView, listedKeypair } from './view.ts';

interface Deps {
  readonly keypairs: KeypairApi;
}

const { create, list, show, remove, face } = resourceOf({
  path: '/os-keypairs',
  id: 'name',
  one: 'keypair',
  many: 'keypairs',
  rules: 'os_compute_api:os-keypairs',
});

const user = { user_id: param({ since: v.keypairsOfUsers }) };
const strict = { since: v.strictKeys };
const userQuery = queryParams(user, { strict });

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

const createKeypair = create({
  summary: 'Import a public key, or (before 2.92) generate a keypair.',
  body: createBody,
  status: (at) => (at.ordinal >= v.keypairTypes.ordinal ? 201 : 200),
  view: createdKeypair,
  run: async ({ ctx, body: { name, type, public_key: publicKey, user_id: userId } }, { keypairs: api }: Deps) =>
    await api.create(ctx, { name, type, ...(publicKey === undefined ? {} : { publicKey }), ...(userId === undefined ? {} : { userId }) }),
});

const listKeypairs = list({
  summary: "List a user's keypairs by name.",
  query: user,
  strict,
  pages: { since: v.keypairPaging },
  view: listedKeypair,
  markerOf: ({ name }) => name,
  run: async ({ ctx, query: { user_id: userId }, page }, { keypairs: api }: Deps) =>
    await api.list(ctx, { ...page, ...(userId === undefined ? {} : { userId }) }),
});

const showKeypair = show({
  summary: 'Show a keypair.',
  query: userQuery,
  view: keypairView,
  run: async ({ ctx, id, query }, { keypairs: api }: Deps) => await api.find(ctx, id, query.user_id),
});

const deleteKeypair = remove({
  summary: 'Delete a keypair.',
  query: userQuery,
  status: (at) => (at.ordinal >= v.keypairTypes.ordinal ? 204 : 202),
  run: async ({ ctx, id, query }, { keypairs: api }: Deps) => await api.delete(ctx, id, query.user_id),
});

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFd31crS06SmwUNrrbWztSLjY1tM3D4TaDWHQAUKSgz me@example.org';

const laptop: CreatedKeypair & Awaited<ReturnType<KeypairApi['find']>> = {
  id: 1,
  userId: '5e1d1b2c3d4e4f5a8b9c0d1e2f3a4b5c',
  name: 'laptop',
  type: 'ssh',
  fingerprint: '56:a1:71:f1:86:d0:bf:b0:60:4b:73:5f:df:b2:d7:0d',
  publicKey: PUBLIC_KEY,
  createdAt: new Date('2026-11-22T09:18:46Z'),
};

/** Keypairs: the public keys of users, by name. */
export const keypairs = face({
  operations: [createKeypair, listKeypairs, showKeypair, deleteKeypair],
  samples: [laptop, { ...laptop, type: 'x509', name: 'a@b.c' }, { ...laptop, privateKey: '-----BEGIN RSA PRIVATE KEY-----\n...' }],
  thing: { body: { keypair: { name: 'laptop', public_key: PUBLIC_KEY } }, madeBy: 'member', isPrivate: true },
});
