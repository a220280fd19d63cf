import { type TSchema, Type as t } from '@sinclair/typebox';
import { type Call, type Cast, type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { guestSpec } from '../objects/guest-spec.ts';
import { observedGuest } from '../objects/host-report.ts';
import { serverId, taskId } from '../objects/ids.ts';
import { serverActions } from '../operations/actions/index.ts';
import { type HostActionName, hostActions, type QuestionName, questions } from '../operations/actions/kinds.ts';

/** A piece of work on one server of the host, reported on under `taskId` when it is done. */
const task = { taskId, serverId };

type Actions = typeof serverActions;
type PropertiesOf<T extends TSchema> = T extends { properties: infer P extends Record<string, TSchema> } ? P : Record<never, never>;

/** The messages of the server actions follow from their declarations. */
type TaskMessages = { [K in HostActionName]: Cast<typeof task & { input: Actions[K]['input'] }, 'host'> };
type QuestionMessages = {
  [K in QuestionName]: Call<{ serverId: typeof serverId } & PropertiesOf<Actions[K]['input']>, 'host', Actions[K]['does']['returns']>;
};

// Object.fromEntries forgets keys; the mapped types above restore what the lines below did.
const taskMessages = Object.fromEntries(
  hostActions.map(({ name, input }) => [name, cast({ to: 'host', params: { ...task, input } })]),
) as unknown as TaskMessages;

const questionMessages = Object.fromEntries(
  questions.map(({ name, input, does }) => [
    name,
    call({ to: 'host', params: { serverId, ...input['properties'] }, returns: does.returns }),
  ]),
) as unknown as QuestionMessages;

/**
 * What compute hosts are asked to do. Work is cast and reported to the conductor under its task id,
 * so that neither side waits on the other's life; only questions are calls.
 */
export const computeRpc = contract('compute', {
  ...taskMessages,
  ...questionMessages,
  spawn: cast({ to: 'host', params: { taskId, guest: guestSpec } }),
  destroy: cast({ to: 'host', params: task }),
  listGuests: call({ to: 'host', params: {}, returns: t.Array(observedGuest), timeoutMs: 10_000 }),
});

export type ComputeRpcApi = Client<typeof computeRpc>;
