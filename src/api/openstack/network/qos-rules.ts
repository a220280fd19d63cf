/** The rules of QoS policies: /v2.0/qos/policies/{policy}/bandwidth_limit_rules and dscp_marking_rules, and the types of rules. */
import { Type as t } from '@sinclair/typebox';
import { requestBody, type RequestBody } from '../../../lib/versioning/request-body.ts';
import { field, type Resource, resource } from '../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { QosRuleTypeNotFound } from '../../../network/api/qos-errors.ts';
import { DSCP_MARKS, type QosRuleSettings } from '../../../network/api/qos-rules.ts';
import type { BandwidthLimit, DscpMarking, QosKind, QosRule } from '../../../objects/network-qos.ts';
import { envelope, exactly } from '../../pipeline/answer.ts';
import { list } from '../../pipeline/list.ts';
import { done, ok, type Route, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { given } from './given.ts';

const limitView = resource<BandwidthLimit>()('bandwidth limit', {
  id: field(t.String(), ({ id }) => id),
  max_kbps: field(t.Integer(), (limit) => limit.maxKbps),
  max_burst_kbps: field(t.Integer(), (limit) => limit.maxBurstKbps),
  direction: field(t.String(), (limit) => limit.direction),
});
const markView = resource<DscpMarking>()('DSCP mark', {
  id: field(t.String(), ({ id }) => id),
  dscp_mark: field(t.Integer(), (mark) => mark.dscpMark),
});

const kbps = t.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const limitFields = {
  max_burst_kbps: bodyField({ type: kbps }),
  direction: bodyField({ type: stringEnum(['ingress', 'egress']) }),
};
const newLimit = converted(requestBody('bandwidth_limit_rule', { ...limitFields, max_kbps: bodyField({ type: kbps, required: true }) }));
const changedLimit = converted(requestBody('bandwidth_limit_rule', { ...limitFields, max_kbps: bodyField({ type: kbps }) }));
const limitIn = (body: ReturnType<typeof changedLimit.parse>): QosRuleSettings =>
  given<QosRuleSettings>({ maxKbps: body.max_kbps, maxBurstKbps: body.max_burst_kbps, direction: body.direction });

const newMark = converted(requestBody('dscp_marking_rule', { dscp_mark: bodyField({ type: t.Integer(), required: true }) }));
const changedMark = converted(requestBody('dscp_marking_rule', { dscp_mark: bodyField({ type: t.Integer() }) }));
const markIn = (body: ReturnType<typeof changedMark.parse>): QosRuleSettings => given<QosRuleSettings>({ dscpMark: body.dscp_mark });

interface RuleFace<R, New, Changed> {
  readonly kind: QosKind;
  readonly view: Resource<R>;
  readonly newBody: RequestBody<New>;
  readonly changedBody: RequestBody<Changed>;
  readonly newOf: (body: New) => QosRuleSettings;
  readonly changesOf: (body: Changed) => QosRuleSettings;
}

function routesOf<R extends QosRule, New, Changed>(face: RuleFace<R, New, Changed>): readonly Route<Deps>[] {
  const { kind, view, newBody, changedBody, newOf, changesOf } = face;
  const [one, many] = [`${kind}_rule`, `${kind}_rules`];
  const path = `/v2.0/qos/policies/{policy}/${many}` as `/v2.0/qos/policies/{policy}/${string}`;
  const onePath = `${path}/{id}` as `/v2.0/qos/policies/{policy}/x/{id}`;
  // Seam: the api answers for a kind only rules of that kind.
  const asShown = (rule: QosRule): R => rule as R;
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the rules of a kind of a QoS policy.',
      status: 200,
      answers: list(many, view),
      handle: async ({ ctx, params }, { network }: Deps) =>
        ok({ items: (await network.qosRules.list(ctx, { policyId: params.policy, kind })).map(asShown) }),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Add a rule to a QoS policy.',
      body: newBody,
      status: 201,
      answers: envelope(one, view),
      handle: async ({ ctx, params, body }, { network }: Deps) =>
        ok(asShown(await network.qosRules.create(ctx, { policyId: params.policy, kind }, newOf(body)))),
    }),
    route({
      method: 'GET',
      path: onePath,
      summary: 'Show a rule of a QoS policy.',
      status: 200,
      answers: envelope(one, view),
      handle: async ({ ctx, params }, { network }: Deps) =>
        ok(asShown(await network.qosRules.show(ctx, { policyId: params.policy, kind }, params.id))),
    }),
    route({
      method: 'PUT',
      path: onePath,
      summary: 'Change a rule of a QoS policy.',
      body: changedBody,
      status: 200,
      answers: envelope(one, view),
      handle: async ({ ctx, params, body }, { network }: Deps) =>
        ok(asShown(await network.qosRules.update(ctx, { policyId: params.policy, kind }, params.id, changesOf(body)))),
    }),
    route({
      method: 'DELETE',
      path: onePath,
      summary: 'Delete a rule of a QoS policy.',
      status: 204,
      handle: async ({ ctx, params }, { network }: Deps) => {
        await network.qosRules.delete(ctx, { policyId: params.policy, kind }, params.id);
        return done();
      },
    }),
  ];
}

const parameter = t.Object({ parameter_name: t.String(), parameter_type: t.String(), parameter_values: t.Unknown() });
const driver = t.Object({ name: t.String(), supported_parameters: t.Array(parameter) });
const range = { parameter_type: 'range', parameter_values: { start: 0, end: 2 ** 31 - 1 } };
const choice = (parameter_name: string, parameter_values: readonly (string | number)[]) => ({
  parameter_name,
  parameter_type: 'choices',
  parameter_values,
});

/** The types of rules, with what a rule of the type can say. */
const TYPES: Readonly<Record<QosKind, readonly (typeof parameter)['static'][]>> = {
  bandwidth_limit: [
    { parameter_name: 'max_kbps', ...range },
    { parameter_name: 'max_burst_kbps', ...range },
    choice('direction', ['ingress', 'egress']),
  ],
  dscp_marking: [choice('dscp_mark', DSCP_MARKS)],
};

const isType = (text: string): text is QosKind => Object.hasOwn(TYPES, text);

/** /v2.0/qos/... but the policies themselves. */
export const qosRuleRoutes = [
  ...routesOf({
    kind: 'bandwidth_limit',
    view: limitView,
    newBody: newLimit,
    changedBody: changedLimit,
    newOf: limitIn,
    changesOf: limitIn,
  }),
  ...routesOf({ kind: 'dscp_marking', view: markView, newBody: newMark, changedBody: changedMark, newOf: markIn, changesOf: markIn }),
  route({
    method: 'GET',
    path: '/v2.0/qos/rule-types',
    summary: 'List the types of QoS rules.',
    status: 200,
    answers: exactly(t.Object({ rule_types: t.Array(t.Object({ type: t.String() })) })),
    handle: () => ok({ rule_types: Object.keys(TYPES).map((type) => ({ type })) }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/qos/rule-types/{type}',
    summary: 'Show a type of QoS rules, for operators.',
    status: 200,
    answers: exactly(t.Object({ rule_type: t.Object({ type: t.String(), drivers: t.Array(driver) }) })),
    handle: ({ params: { type } }) => {
      if (!isType(type)) throw QosRuleTypeNotFound({ type });
      return ok({ rule_type: { type, drivers: [{ name: 'nova-network', supported_parameters: [...TYPES[type]] }] } });
    },
  }),
];
