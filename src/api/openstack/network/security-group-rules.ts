import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable, stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField, upgraded } from '../../../lib/versioning/shape.ts';
import type { NewRule } from '../../../network/api/rules.ts';
import type { SecurityGroupRule } from '../../../objects/network.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { makeBatch, oneOrMany, shownBatch } from './bulk.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, keptFields, ownerFields, text } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const textOrNull = nullable(t.String());
const portOrNull = nullable(t.Integer({ minimum: 0, maximum: 65_535 }));
/** The valid numbers depend on the protocol. */
const askedPort = nullable(t.Integer());

/** A rule as Neutron v2.0 shows it. */
export const ruleView = resource<SecurityGroupRule>()('security group rule', {
  ...keptFields,
  security_group_id: field(t.String(), (rule) => rule.groupId),
  direction: field(t.String(), (rule) => rule.direction),
  ethertype: field(t.String(), (rule) => rule.ethertype),
  protocol: field(textOrNull, (rule) => rule.protocol),
  port_range_min: field(portOrNull, (rule) => rule.portMin),
  port_range_max: field(portOrNull, (rule) => rule.portMax),
  remote_ip_prefix: field(textOrNull, (rule) => rule.remoteCidr),
  remote_group_id: field(textOrNull, (rule) => rule.remoteGroupId),
});

/** In any case. */
const ethertype = upgraded(t.String({ pattern: '^[iI][pP][vV][46]$' }), (text) =>
  text.endsWith('4') ? ('IPv4' as const) : ('IPv6' as const),
);

const words = { one: 'security_group_rule', many: 'security_group_rules' };
const createBody = oneOrMany(words, {
  ...ownerFields,
  security_group_id: bodyField({ type: id, required: true }),
  direction: bodyField({ type: stringEnum(['ingress', 'egress']), required: true }),
  ethertype: bodyField({ type: ethertype }),
  protocol: bodyField({ type: nullable(t.Union([text, t.Integer({ minimum: 0, maximum: 255 })])) }),
  port_range_min: bodyField({ type: askedPort }),
  port_range_max: bodyField({ type: askedPort }),
  remote_ip_prefix: bodyField({ type: nullable(text) }),
  remote_group_id: bodyField({ type: nullable(id) }),
  description: bodyField({ type: text }),
});

const newRuleOf = (body: ReturnType<typeof createBody.parse>['items'][number]): NewRule =>
  given<NewRule>({
    groupId: body.security_group_id,
    direction: body.direction,
    ethertype: body.ethertype,
    protocol: typeof body.protocol === 'number' ? String(body.protocol) : body.protocol,
    portMin: body.port_range_min,
    portMax: body.port_range_max,
    remoteCidr: body.remote_ip_prefix,
    remoteGroupId: body.remote_group_id,
    description: body.description,
  });

/** /v2.0/security-group-rules */
export const ruleRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/security-group-rules',
    summary: 'List security group rules.',
    query: listQuery,
    status: 200,
    answers: shownPage('security_group_rules', ruleView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.rules.list(req.ctx, req.query))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/security-group-rules',
    summary: 'Create one or more security group rules.',
    body: createBody,
    status: 201,
    answers: shownBatch(words, ruleView),
    handle: async ({ ctx, body }, { network }: Deps) =>
      ok(await makeBatch(body, (items) => network.rules.create(ctx, items.map(newRuleOf)))),
  }),
  route({
    method: 'GET',
    path: '/v2.0/security-group-rules/{id}',
    summary: 'Show a security group rule.',
    query: fieldsQuery,
    status: 200,
    answers: shown('security_group_rule', ruleView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.rules.show(ctx, params.id) }),
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/security-group-rules/{id}',
    summary: 'Delete a security group rule.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.rules.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
];
