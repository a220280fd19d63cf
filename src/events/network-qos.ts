/** Events of QoS policies; a rule that comes, changes or goes is an update of its policy. */
import { Type as t } from '@sinclair/typebox';
import { eventType, snapshot, time, word } from './event-type.ts';

const rule = { id: t.String(), direction: word<'ingress' | 'egress'>() };
const limit = t.Object({ ...rule, kind: t.Literal('bandwidth_limit'), maxKbps: t.Integer(), maxBurstKbps: t.Integer() });
const mark = t.Object({ id: t.String(), direction: t.Literal('egress'), kind: t.Literal('dscp_marking'), dscpMark: t.Integer() });

const qosPolicy = snapshot(
  t.Object({
    id: t.String(),
    projectId: t.String(),
    name: t.String(),
    description: t.String(),
    createdAt: time(),
    updatedAt: time(),
    isDefault: t.Boolean(),
    isShared: t.Boolean(),
    rules: t.Array(t.Union([limit, mark])),
    tags: t.Array(t.String()),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);
export const qosPolicyCreate = eventType('qosPolicy.create', qosPolicy);
export const qosPolicyUpdate = eventType('qosPolicy.update', qosPolicy);
export const qosPolicyDelete = eventType('qosPolicy.delete', qosPolicy);
