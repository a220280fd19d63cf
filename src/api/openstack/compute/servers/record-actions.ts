import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { actionRoute, done } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const lockReason = nullable(strictObject({ locked_reason: t.Optional(t.String({ minLength: 1, maxLength: 255 })) }));

/** Actions that change no guest, only what is written of its server. */
export const recordActionRoutes = [
  actionRoute({
    key: 'lock',
    summary: 'Keep everybody but administrators from changing the server.',
    body: t.Unknown(),
    until: v.lockReason,
    status: 202,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.lock(ctx, params.id, null);
      return done();
    },
  }),
  actionRoute({
    key: 'lock',
    summary: 'Keep everybody but administrators from changing the server, and say why.',
    body: lockReason,
    since: v.lockReason,
    status: 202,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) => {
      await serverEdits.lock(ctx, params.id, body?.locked_reason ?? null);
      return done();
    },
  }),
  actionRoute({
    key: 'unlock',
    summary: 'Let the owner change the server again.',
    body: t.Unknown(),
    status: 202,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.unlock(ctx, params.id);
      return done();
    },
  }),
  actionRoute({
    key: 'os-resetState',
    summary: 'Say that the server is active or in error, whatever it was.',
    body: strictObject({ state: stringEnum(['active', 'error']) }),
    status: 202,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) => {
      await serverEdits.resetState(ctx, params.id, body.state);
      return done();
    },
  }),
  actionRoute({
    key: 'injectNetworkInfo',
    summary: 'Tell the guest its addresses anew; it learns them itself, so nothing happens.',
    body: t.Unknown(),
    status: 202,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.injectNetworkInfo(ctx, params.id);
      return done();
    },
  }),
  actionRoute({
    key: 'changePassword',
    summary: 'Set the password of the administrator in the guest; 501 where the hypervisor cannot.',
    body: strictObject({ adminPass: t.String() }),
    status: 202,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.changePassword(ctx, params.id);
      return done();
    },
  }),
];
