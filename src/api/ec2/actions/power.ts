/** Starting, stopping, rebooting and terminating instances. */
import { instanceIdOf } from '../../../objects/ec2-ids.ts';
import type { Server } from '../../../objects/server.ts';
import { refusalOf, type TransitionName } from '../../../operations/lifecycle.ts';
import { DONE, type Ec2Action, type Ec2Answer, setOf } from '../action.ts';
import type { Ec2Deps } from '../deps.ts';
import { IncorrectInstanceState } from '../errors.ts';
import type { Ec2Asked } from '../wire/asked.ts';
import { type InstanceState, SHUTTING_DOWN, stateOf, STOPPING } from '../wire/instances.ts';
import { instancesNamed } from '../wire/named-instances.ts';

/** What is done to each instance that a request names. */
interface Change {
  readonly transition: TransitionName;
  /** For the refusal: an instance that cannot be ... */
  readonly words: string;
  /** Instances that are as they should be are left alone, as EC2 does. */
  readonly isDone: (server: Server) => boolean;
  readonly change: (asked: Ec2Asked, deps: Ec2Deps, server: Server) => Promise<unknown>;
}

/** Changes the instances: all of them may be, or none is. */
async function changeAll(asked: Ec2Asked, deps: Ec2Deps, { transition, words, isDone, change }: Change): Promise<readonly Server[]> {
  const servers = await instancesNamed(asked, deps, asked.someOf('InstanceId'));
  const wanted = servers.filter((server) => !isDone(server));
  const refused = wanted.find((server) => refusalOf(transition, server) !== undefined);
  if (refused) throw IncorrectInstanceState({ id: instanceIdOf(refused), action: words });
  for (const server of wanted) await change(asked, deps, server);
  return servers;
}

/** The states of instances before and now. */
const changes = (servers: readonly Server[], now: (server: Server) => InstanceState): Ec2Answer => ({
  instancesSet: setOf(
    servers.map((server) => ({
      instanceId: instanceIdOf(server),
      currentState: { ...now(server) },
      previousState: { ...stateOf(server) },
    })),
  ),
});

const start: Change = {
  transition: 'start',
  words: 'started',
  isDone: ({ vmState, taskState }) => vmState === 'active' && taskState === null,
  change: ({ ctx }, { compute }, { id }) => compute.act(ctx, id, 'start', null),
};

const stop: Change = {
  transition: 'stop',
  words: 'stopped',
  isDone: ({ vmState, taskState }) => vmState === 'stopped' && taskState === null,
  change: ({ ctx }, { compute }, { id }) => compute.act(ctx, id, 'stop', null),
};

const reboot: Change = {
  transition: 'rebootSoft',
  words: 'rebooted',
  isDone: () => false,
  change: ({ ctx }, { compute }, { id }) => compute.act(ctx, id, 'reboot', { type: 'soft' }),
};

const terminate: Change = {
  transition: 'delete',
  words: 'terminated',
  isDone: ({ vmState }) => vmState === 'deleted',
  change: ({ ctx }, { compute }, { id }) => compute.delete(ctx, id),
};

const PENDING = { code: 0, name: 'pending' };

export const powerActions: readonly Ec2Action[] = [
  {
    name: 'StartInstances',
    summary: 'Start stopped instances.',
    policy: 'os_compute_api:servers:start',
    run: async (asked, deps) =>
      changes(await changeAll(asked, deps, start), (server) => (start.isDone(server) ? stateOf(server) : PENDING)),
  },
  {
    name: 'StopInstances',
    summary: 'Stop running instances.',
    policy: 'os_compute_api:servers:stop',
    run: async (asked, deps) => changes(await changeAll(asked, deps, stop), (server) => (stop.isDone(server) ? stateOf(server) : STOPPING)),
  },
  {
    name: 'RebootInstances',
    summary: 'Reboot instances.',
    policy: 'os_compute_api:servers:reboot',
    run: async (asked, deps) => {
      await changeAll(asked, deps, reboot);
      return DONE;
    },
  },
  {
    name: 'TerminateInstances',
    summary: 'Delete instances.',
    policy: 'os_compute_api:servers:delete',
    run: async (asked, deps) => changes(await changeAll(asked, deps, terminate), () => SHUTTING_DOWN),
  },
];
