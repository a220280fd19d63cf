import { Type as t } from '@sinclair/typebox';
import type { AgentApi } from '../../../../compute/fleet/agent-api.ts';
import { AgentBuildNotFound } from '../../../../compute/fleet/agent-errors.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import type { AgentBuild } from '../../../../objects/agent-build.ts';
import { list } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { isRowNumber } from '../ids-in-urls.ts';
import { resourceOf } from '../resource-face.ts';

interface Deps {
  readonly agents: AgentApi;
}

const rules = 'os_compute_api:os-agents';
const path = '/os-agents';
const { create, update, remove, face } = resourceOf({ path, id: 'agent_id', one: 'agent', many: 'agents', rules });

const file = {
  version: field(t.String(), ({ version }: AgentBuild) => version),
  url: field(t.String(), ({ url }: AgentBuild) => url),
  md5hash: field(t.String(), ({ md5 }: AgentBuild) => md5),
};

/** A build and the guests that it is for. */
const agentView = resource<AgentBuild>()('agent', {
  agent_id: field(t.Integer(), ({ id }) => id),
  hypervisor: field(t.String(), ({ hypervisor }) => hypervisor),
  os: field(t.String(), ({ os }) => os),
  architecture: field(t.String(), ({ architecture }) => architecture),
  ...file,
});

/** A changed build; only here its id is text. */
const changedAgent = resource<AgentBuild>()('changed agent', { agent_id: field(t.String(), ({ id }) => String(id)), ...file });

const word = bodyField({ type: t.String({ maxLength: 255 }), required: true });
const fileBody = {
  version: word,
  url: bodyField({ type: t.String({ maxLength: 255, format: 'uri' }), required: true }),
  md5hash: bodyField({ type: t.String({ maxLength: 255, pattern: '^[a-fA-F0-9]*$' }), required: true }),
};

/** A number that no build can have is not found; anything else is no id. */
function idIn(text: string): number {
  if (isRowNumber(text)) return Number(text);
  if (/^-?\d+$/.test(text)) throw AgentBuildNotFound({ id: text });
  throw InvalidInput({ message: `id must be an integer, not ${text}` });
}

const listAgents = {
  view: agentView,
  answerOf: (items: readonly AgentBuild[]) => ({ items }),
  route: route({
    method: 'GET',
    path,
    summary: 'List builds of guest agents, oldest first.',
    documented: { rule: `${rules}:list` },
    query: queryParams({ hypervisor: param() }, { strict: { since: v.strictKeys } }),
    status: 200,
    answers: list('agents', agentView),
    handle: async ({ ctx, query }, { agents: api }: Deps) => ok({ items: await api.list(ctx, query.hypervisor) }),
  }),
};

const createAgent = create({
  summary: 'Register the build of the agent for guests of a kind.',
  body: requestBody('agent', { hypervisor: word, os: word, architecture: word, ...fileBody }),
  view: agentView,
  run: async ({ ctx, body: { md5hash: md5, ...build } }, { agents: api }: Deps) => await api.create(ctx, { ...build, md5 }),
});

const updateAgent = update({
  summary: 'Replace the build of an agent.',
  body: requestBody('para', fileBody),
  view: changedAgent,
  run: async ({ ctx, id, body: { md5hash: md5, ...rest } }, { agents: api }: Deps) => await api.update(ctx, idIn(id), { ...rest, md5 }),
});

const deleteAgent = remove({
  summary: 'Delete the build of an agent.',
  status: 200,
  run: async ({ ctx, id }, { agents: api }: Deps) => await api.delete(ctx, idIn(id)),
});

const sample: AgentBuild = {
  id: 1,
  hypervisor: 'xen',
  os: 'linux',
  architecture: 'x86_64',
  version: '7.0',
  url: 'http://example.com/agent',
  md5: 'add6bb58e139be103324d04d82d8f545',
};

/** Builds of guest agents. */
export const agents = face({
  operations: [listAgents, createAgent, updateAgent, deleteAgent],
  samples: [sample],
  thing: {
    body: {
      agent: {
        hypervisor: 'xen',
        os: 'linux',
        architecture: 'x86_64',
        version: '7.0',
        url: 'http://example.com/agent',
        md5hash: 'add6bb58e139be103324d04d82d8f545',
      },
    },
    madeBy: 'admin',
    isPrivate: true,
  },
});
