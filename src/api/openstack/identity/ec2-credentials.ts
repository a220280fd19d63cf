import { Type as t } from '@sinclair/typebox';
import type { AccessKey } from '../../../identity/credentials/access-key.ts';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { envelope } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { id } from './fields.ts';
import { listAnswer, wholeList } from './lists.ts';

const COLLECTION = '/users/{id}/credentials/OS-EC2';
const ITEM = '/users/{id}/credentials/OS-EC2/{access}';

const keyView = resource<AccessKey>()('credential', {
  user_id: field(t.String(), (key) => key.userId),
  tenant_id: field(t.String(), (key) => key.projectId),
  access: field(t.String(), (key) => key.access),
  secret: field(t.String(), (key) => key.secret),
  trust_id: field(t.Null(), () => null),
  links: field(t.Object({ self: t.String() }), ({ userId, access }, { baseUrl }) => ({
    self: `${baseUrl}/users/${userId}/credentials/OS-EC2/${access}`,
  })),
});

/** /v3/users/{id}/credentials/OS-EC2: access keys of the EC2 and S3 APIs. */
export const ec2CredentialRoutes = [
  route({
    method: 'GET',
    path: COLLECTION,
    summary: 'List the access keys of a user.',
    status: 200,
    answers: listAnswer('credentials', keyView),
    handle: async (req, { admin }: Deps) => ok(wholeList(req, await admin.ec2Credentials.list(req.ctx, req.params.id))),
  }),
  route({
    method: 'POST',
    path: COLLECTION,
    summary: 'Make an access key.',
    body: plainBody(bodyObject({ tenant_id: bodyField({ type: id, required: true }) })),
    status: 201,
    answers: envelope('credential', keyView),
    handle: async ({ ctx, params, body }, { admin }: Deps) =>
      ok(await admin.ec2Credentials.create(ctx, { userId: params.id, projectId: body.tenant_id })),
  }),
  route({
    method: 'GET',
    path: ITEM,
    summary: 'Show an access key.',
    status: 200,
    answers: envelope('credential', keyView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.ec2Credentials.show(ctx, params.id, params.access)),
  }),
  route({
    method: 'DELETE',
    path: ITEM,
    summary: 'Revoke an access key.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.ec2Credentials.delete(ctx, params.id, params.access);
      return done();
    },
  }),
];
