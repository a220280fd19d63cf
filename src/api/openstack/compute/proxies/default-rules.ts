/** Rules that the default group of each new project gets, until compute left security groups to the network service. */
import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import type { DefaultRule } from '../../../../objects/network.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { isRowNumber } from '../ids-in-urls.ts';
import { portsOf } from '../security-group-view.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const path = '/os-security-group-default-rules';
const noQuery = queryParams({});

/** A default rule as compute showed it. */
export const defaultRuleView = resource<DefaultRule>()('security_group_default_rule', {
  id: field(t.Integer(), ({ id }) => id),
  ip_protocol: field(t.String(), ({ protocol }) => protocol),
  from_port: field(t.Integer(), (rule) => portsOf(rule).from_port ?? -1),
  to_port: field(t.Integer(), (rule) => portsOf(rule).to_port ?? -1),
  ip_range: field(strictObject({ cidr: t.String() }), ({ remoteCidr: cidr }) => ({ cidr })),
});

const anything = bodyField({ type: t.Unknown() });
const newRule = requestBody(
  'security_group_default_rule',
  { ip_protocol: anything, from_port: anything, to_port: anything, cidr: anything },
  { tolerant: true },
);

function idIn(text: string): number {
  if (!isRowNumber(text)) throw InvalidInput({ message: 'Security group id should be integer' });
  return Number(text);
}

/** Default rules of security groups. */
export const defaultRuleProxyRoutes = [
  route({
    ...window,
    method: 'GET',
    path,
    summary: 'List the rules that default groups of new projects get.',
    query: noQuery,
    status: 200,
    answers: list('security_group_default_rules', defaultRuleView),
    handle: async ({ ctx }, { defaultRules }: Deps) => ok({ items: await defaultRules.list(ctx) }),
  }),
  route({
    ...window,
    method: 'POST',
    path,
    summary: 'Add a rule that default groups of new projects get.',
    body: newRule,
    status: 200,
    answers: envelope('security_group_default_rule', defaultRuleView),
    handle: async ({ ctx, body }, { defaultRules }: Deps) => {
      const { ip_protocol: protocol, from_port: fromPort, to_port: toPort, cidr } = body;
      return ok(await defaultRules.create(ctx, { protocol, fromPort, toPort, cidr }));
    },
  }),
  route({
    ...window,
    method: 'GET',
    path: `${path}/{id}`,
    summary: 'Show a rule that default groups of new projects get.',
    query: noQuery,
    status: 200,
    answers: envelope('security_group_default_rule', defaultRuleView),
    handle: async ({ ctx, params }, { defaultRules }: Deps) => ok(await defaultRules.show(ctx, idIn(params.id))),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Remove a rule that default groups of new projects get.',
    status: 204,
    handle: async ({ ctx, params }, { defaultRules }: Deps) => {
      await defaultRules.delete(ctx, idIn(params.id));
      return done();
    },
  }),
];
