/** The password that a guest chose for itself: /servers/{id}/os-server-password. */
import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const path = '/servers/{id}/os-server-password';

/** Read and cleared by the owner, who alone has the key to decrypt it; the guest posts it to the metadata service. */
export const serverPasswordRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'Show the password that the guest has posted, encrypted with the key of the server; empty if it has posted none.',
    query: queryParams({}, { strict: { since: v.flavorNameFilter } }),
    status: 200,
    answers: exactly(strictObject({ password: t.String() })),
    handle: async ({ ctx, params }, { serverEdits }: Deps) => ok({ password: await serverEdits.password(ctx, params.id) }),
  }),
  route({
    method: 'DELETE',
    path,
    summary: 'Forget the password that the guest has posted, so that it may post another.',
    status: 204,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.clearPassword(ctx, params.id);
      return done();
    },
  }),
];
