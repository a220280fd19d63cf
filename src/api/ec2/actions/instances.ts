import { instanceIdOf } from '../../../objects/ec2-ids.ts';
import type { Server } from '../../../objects/server.ts';
import { type Ec2Action, setOf } from '../action.ts';
import { passing } from '../wire/filters.ts';
import { instanceFilters, reservationsOf, stateOf } from '../wire/instances.ts';
import { instanceNamed, instancesNamed } from '../wire/named-instances.ts';
import { serversOf } from '../wire/servers.ts';
import { pageOf } from '../wire/paging.ts';

const metadataOf = ({ metadata }: Server) => metadata;

const OK = { status: 'ok', details: setOf([{ name: 'reachability', status: 'passed' }]) };

export const instanceActions: readonly Ec2Action[] = [
  {
    name: 'DescribeInstances',
    summary: 'List the instances.',
    policy: 'os_compute_api:servers:detail',
    run: async (asked, deps) => {
      const ids = asked.list('InstanceId');
      const all = ids.length === 0 ? await serversOf(asked.ctx, deps.compute) : await instancesNamed(asked, deps, ids);
      const wanted = passing(all, asked.filters, instanceFilters, metadataOf);
      const { items, nextToken } = pageOf(asked, wanted, instanceIdOf, 'InstanceId');
      return { reservationSet: setOf(reservationsOf(items)), nextToken };
    },
  },
  {
    name: 'DescribeInstanceStatus',
    summary: 'List the states of instances; of those that run, unless all are asked for.',
    policy: 'os_compute_api:servers:detail',
    run: async (asked, deps) => {
      const ids = asked.list('InstanceId');
      const all = ids.length === 0 ? await serversOf(asked.ctx, deps.compute) : await instancesNamed(asked, deps, ids);
      const wanted = asked.flag('IncludeAllInstances') ? all : all.filter((server) => stateOf(server).name === 'running');
      const { items, nextToken } = pageOf(asked, passing(wanted, asked.filters, instanceFilters, metadataOf), instanceIdOf, 'InstanceId');
      const views = items.map((server) => ({
        instanceId: instanceIdOf(server),
        availabilityZone: server.zone ?? '',
        instanceState: { ...stateOf(server) },
        systemStatus: OK,
        instanceStatus: OK,
      }));
      return { instanceStatusSet: setOf(views), nextToken };
    },
  },
  {
    name: 'GetConsoleOutput',
    summary: "Read an instance's console.",
    policy: 'os_compute_api:os-console-output',
    run: async (asked, deps) => {
      const server = await instanceNamed(asked, deps);
      const { answer } = await deps.compute.act(asked.ctx, server.id, 'consoleOutput', {});
      return {
        instanceId: instanceIdOf(server),
        timestamp: deps.clock.now(),
        output: Buffer.from(String(answer)).toString('base64'),
      };
    },
  },
];
