import { type Static, Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewQosPolicy, QosPolicyChanges } from '../../../network/api/qos-policies.ts';
import type { QosPolicy, QosRule } from '../../../objects/network-qos.ts';
import { oneOrMany } from './bulk.ts';
import { converted } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import { keptFields, ownerFields, ownerIn, saidFields, tagFields, tagsToSet, text } from './fields.ts';
import { given } from './given.ts';

const rule = t.Object({
  id: t.String(),
  qos_policy_id: t.String(),
  type: t.String(),
  direction: t.Optional(t.String()),
  max_kbps: t.Optional(t.Integer()),
  max_burst_kbps: t.Optional(t.Integer()),
  dscp_mark: t.Optional(t.Integer()),
});

const ruleOf = (policyId: string, one: QosRule): Static<typeof rule> => ({
  id: one.id,
  qos_policy_id: policyId,
  type: one.kind,
  ...(one.kind === 'dscp_marking'
    ? { dscp_mark: one.dscpMark }
    : { direction: one.direction, max_kbps: one.maxKbps, max_burst_kbps: one.maxBurstKbps }),
});

const policyView = resource<QosPolicy>()('QoS policy', {
  ...keptFields,
  name: field(t.String(), (policy) => policy.name),
  shared: field(t.Boolean(), (policy) => policy.isShared),
  is_default: field(t.Boolean(), (policy) => policy.isDefault),
  rules: field(t.Array(rule), (policy) => policy.rules.map((one) => ruleOf(policy.id, one))),
  ...tagFields,
});

const changeable = { ...saidFields, shared: bodyField({ type: t.Boolean() }), is_default: bodyField({ type: t.Boolean() }) };
const words = { one: 'policy', many: 'policies' };
const createBody = oneOrMany(words, {
  ...changeable,
  ...ownerFields,
  ...tagsToSet,
  name: bodyField({ type: text, required: true }),
});
const updateBody = converted(requestBody('policy', changeable));

const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({
  name: body.name,
  description: body.description,
  isShared: body.shared,
  isDefault: body.is_default,
});

/** /v2.0/qos/policies */
export const qosPolicyRoutes = crudRoutes({
  path: 'qos/policies',
  words,
  said: { one: 'a QoS policy', many: 'QoS policies' },
  view: policyView,
  createBody,
  updateBody,
  of: (network) => network.qosPolicies,
  newOf: (body) => given<NewQosPolicy>({ ...changesOf(body), name: body.name, projectId: ownerIn(body), tags: body.tags }),
  changesOf: (body) => given<QosPolicyChanges>(changesOf(body)),
});
