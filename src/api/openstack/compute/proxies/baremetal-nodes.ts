/** Bare-metal nodes, as the bare-metal service told them. There is no such service here: no node is listed, none is found. */
import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../../lib/errors/error-type.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { envelopeBody } from '../../../../lib/versioning/request-body.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';

const window = { until: v.noProxies };
const noQuery = queryParams({});
const rules = 'os_compute_api:os-baremetal-nodes';
const nodes = '/os-baremetal-nodes';

const node = strictObject({
  id: t.String(),
  host: t.String(),
  cpus: t.String(),
  memory_mb: t.String(),
  disk_gb: t.String(),
  task_state: t.String(),
  interfaces: t.Array(t.Object({ address: t.String() })),
});

const NodeNotFound = errorType('NodeNotFound', 'not-found', (p: { id: string }) => `Node ${p.id} could not be found.`);

const listNodes = route({
  ...window,
  method: 'GET',
  path: nodes,
  summary: 'List bare-metal nodes.',
  policy: `${rules}:list`,
  query: noQuery,
  status: 200,
  answers: exactly(strictObject({ nodes: t.Array(node) })),
  handle: () => ok({ nodes: [] }),
});

const showNode = route({
  ...window,
  method: 'GET',
  path: `${nodes}/{id}`,
  summary: 'Show a bare-metal node.',
  policy: `${rules}:show`,
  query: noQuery,
  status: 200,
  answers: exactly(strictObject({ node })),
  handle: ({ params: { id } }) => Promise.reject(NodeNotFound({ id })),
});

/** Nova has refused every change of nodes since the bare-metal service has them, and names that service's command. */
const refused = (command: string) => ({
  ...window,
  status: 400,
  summary: 'Refused: the bare-metal service changes its nodes.',
  handle: () => Promise.reject(new HttpFault(400, `Command Not supported. Please use Ironic command ${command} to perform this action.`)),
});

/** Bare-metal nodes, until clients asked the bare-metal service themselves. */
export const baremetalNodeRoutes = [
  listNodes,
  showNode,
  route({ ...refused('node-create'), method: 'POST', path: nodes }),
  route({ ...refused('node-delete'), method: 'DELETE', path: `${nodes}/{id}` }),
  ...(['add_interface', 'remove_interface'] as const).map((action) =>
    route({
      ...refused(action === 'add_interface' ? 'port-create' : 'port-delete'),
      method: 'POST',
      path: `${nodes}/{id}/action`,
      action,
      body: envelopeBody(action, t.Unknown()),
    }),
  ),
];
