import { type TSchema, Type as t } from '@sinclair/typebox';
import { type Call, type Client, call, cast, contract, type Task, task } from '../lib/rpc/contract.ts';
import { guestSpec } from '../objects/guest-spec.ts';
import { observedGuest } from '../objects/host-report.ts';
import { serverId, taskId } from '../objects/ids.ts';
import { serverActions } from '../operations/actions/index.ts';
import { type HostActionName, hostActions, type QuestionName, questions } from '../operations/actions/kinds.ts';

/**
 * The version of this contract, so that conductors and hosts of different releases know what the other understands. It is raised with each
 * change of the golden file; a new message names in `since` the first version with it.
 */
export const COMPUTE_CONTRACT = 2;

/** Work on one server of the host, reported under `taskId` when it ends. */
const onServer = { taskId, serverId };

type Actions = typeof serverActions;
type PropertiesOf<T extends TSchema> = T extends { properties: infer P extends Record<string, TSchema> } ? P : Record<never, never>;

/** The messages of the server actions are derived from their declarations. */
type TaskMessages = { [K in HostActionName]: Task<typeof onServer & { input: Actions[K]['input'] }> };
type QuestionMessages = {
  [K in QuestionName]: Call<{ serverId: typeof serverId } & PropertiesOf<Actions[K]['input']>, 'host', Actions[K]['does']['returns']>;
};

// Object.fromEntries loses the keys' types; the mapped types above restore them.
const taskMessages = Object.fromEntries(
  hostActions.map(({ name, input, does }) => [name, task({ params: { ...onServer, input }, since: does.contractSince })]),
) as unknown as TaskMessages;

const questionMessages = Object.fromEntries(
  questions.map(({ name, input, does }) => [
    name,
    call({ to: 'host', params: { serverId, ...input['properties'] }, returns: does.returns, since: does.contractSince }),
  ]),
) as unknown as QuestionMessages;

/**
 * The messages to compute hosts. Work is sent as tasks and reported to the conductor under its task id, so that either side may restart
 * meanwhile; only questions are calls.
 */
export const computeRpc = contract(
  'compute',
  {
    ...taskMessages,
    ...questionMessages,
    spawn: task({ params: { taskId, guest: guestSpec } }),
    destroy: task({ params: onServer }),
    /** Stops a task whose result nobody waits for any more; it is not reported. */
    abortTask: cast({ to: 'host', params: { taskId }, since: 2 }),
    listGuests: call({ to: 'host', params: {}, returns: t.Array(observedGuest), timeoutMs: 10_000 }),
  },
  { number: COMPUTE_CONTRACT },
);

export type ComputeRpcApi = Client<typeof computeRpc>;
