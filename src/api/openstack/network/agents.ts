import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../lib/versioning/resource.ts';
import type { NetworkAgent } from '../../../objects/network.ts';
import { list } from '../../pipeline/list.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { shown } from './shown.ts';

/** As Neutron writes the times of agents. */
const spaced = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

const agentView = resource<NetworkAgent>()('agent', {
  id: field(t.String(), (agent) => agent.id),
  agent_type: field(t.String(), () => 'Network agent'),
  binary: field(t.String(), (agent) => agent.binary),
  topic: field(t.String(), () => 'network'),
  host: field(t.String(), (agent) => agent.host),
  availability_zone: field(t.String(), (agent) => agent.zone),
  admin_state_up: field(t.Boolean(), () => true),
  alive: field(t.Boolean(), (agent) => agent.isAlive),
  heartbeat_timestamp: field(t.String(), (agent) => spaced(agent.heardAt)),
  configurations: field(t.Object({}), () => ({})),
  description: field(t.String(), () => ''),
});

/** Fields that clients filter by; the list is as short as the cloud has hosts. */
const FILTERS: Readonly<Record<string, (agent: NetworkAgent) => string>> = {
  id: ({ id }) => id,
  host: ({ host }) => host,
  binary: ({ binary }) => binary,
  agent_type: () => 'Network agent',
  alive: ({ isAlive }) => String(isAlive),
};

const matches = (agent: NetworkAgent, filters: Readonly<Record<string, readonly string[]>>): boolean =>
  Object.entries(filters).every(([name, values]) => {
    const said = FILTERS[name]?.(agent);
    return said === undefined || values.some((value) => value.toLowerCase() === said.toLowerCase());
  });

/** /v2.0/agents */
export const agentRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/agents',
    summary: 'List the network services of hosts.',
    query: listQuery,
    status: 200,
    answers: list('agents', agentView),
    handle: async ({ ctx, query }, { network }: Deps) => {
      const agents = await network.agents.list(ctx);
      return ok({ items: agents.filter((agent) => matches(agent, query.filters)) });
    },
  }),
  route({
    method: 'GET',
    path: '/v2.0/agents/{id}',
    summary: 'Show the network service of a host.',
    query: fieldsQuery,
    status: 200,
    answers: shown('agent', agentView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.agents.show(ctx, params.id) }),
  }),
];
