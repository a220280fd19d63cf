import { type TSchema, Type as t } from '@sinclair/typebox';
import { type Cast, type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { guestSpec } from '../objects/guest-spec.ts';
import { observedGuest } from '../objects/host-report.ts';
import { serverId, taskId } from '../objects/ids.ts';
import { serverActions } from '../operations/actions/index.ts';
import type { ServerAction } from '../operations/actions/server-action.ts';

/** A piece of work on one server of the host, reported on under `taskId` when it is done. */
const task = { taskId, serverId };

type ActionMessages<A extends Record<string, ServerAction>> = {
  [K in keyof A]: A[K] extends ServerAction<infer B> ? Cast<typeof task & { body: B }, 'host'> : never;
};

/** The messages of the server actions follow from their declarations. */
const messagesOf = <A extends Record<string, { readonly rest: { readonly body: TSchema } }>>(actions: A) =>
  Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [name, cast({ to: 'host', params: { ...task, body: action.rest.body } })]),
    // Object.fromEntries forgets keys; the mapped type above restores what the line before did.
  ) as unknown as ActionMessages<A & Record<string, ServerAction>>;

/**
 * What compute hosts are asked to do. Work is cast and reported to the conductor under its task id,
 * so that neither side waits on the other's life; only questions are calls.
 */
export const computeRpc = contract('compute', {
  ...messagesOf(serverActions),
  spawn: cast({ to: 'host', params: { taskId, guest: guestSpec } }),
  destroy: cast({ to: 'host', params: task }),
  consoleOutput: call({ to: 'host', params: { serverId, lines: t.Optional(t.Integer()) }, returns: t.String() }),
  listGuests: call({ to: 'host', params: {}, returns: t.Array(observedGuest), timeoutMs: 10_000 }),
});

export type ComputeRpcApi = Client<typeof computeRpc>;
