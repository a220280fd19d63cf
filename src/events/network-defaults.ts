/** Events of what operators set for projects: the rules that their default groups get, and their quotas. */
import { Type as t } from '@sinclair/typebox';
import { eventType, orNull, snapshot, word } from './event-type.ts';

/** A rule that the default groups of new projects get. */
const defaultRule = snapshot(
  t.Object({
    id: t.Integer(),
    ethertype: word<'IPv4' | 'IPv6'>(),
    protocol: t.String(),
    portMin: orNull(t.Integer()),
    portMax: orNull(t.Integer()),
    remoteCidr: t.String(),
  }),
  { subjectOf: ({ id }) => String(id), projectOf: () => null },
);
export const defaultRuleCreate = eventType('defaultSecurityGroupRule.create', defaultRule);
export const defaultRuleDelete = eventType('defaultSecurityGroupRule.delete', defaultRule);

/** The network quota of a project. */
const networkQuota = snapshot(t.Object({ projectId: t.String(), limits: t.Record(t.String(), t.Integer()) }), {
  subjectOf: ({ projectId }) => projectId,
  projectOf: ({ projectId }) => projectId,
});
export const networkQuotaUpdate = eventType('networkQuota.update', networkQuota);
/** Back to the defaults; the payload has the limits before. */
export const networkQuotaDelete = eventType('networkQuota.delete', networkQuota);
