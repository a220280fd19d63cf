/** The errors of quality of service, with Neutron's names. */
import { errorType } from '../../lib/errors/error-type.ts';

export const QosPolicyNotFound = errorType(
  'QosPolicyNotFound',
  'not-found',
  (p: { id: string }) => `QoS policy ${p.id} could not be found.`,
);

export const QosRuleNotFound = errorType(
  'QosRuleNotFound',
  'not-found',
  (p: { policyId: string; id: string }) => `QoS rule ${p.id} for policy ${p.policyId} could not be found.`,
);

export const QosRuleTypeNotFound = errorType(
  'QosRuleTypeNotFound',
  'not-found',
  (p: { type: string }) => `QoS rule type ${p.type} could not be found.`,
);

export const QosPolicyInUse = errorType(
  'QosPolicyInUse',
  'conflict',
  (p: { id: string; kind: string; user: string }) => `QoS Policy ${p.id} is used by ${p.kind} ${p.user}.`,
);

export const QosPolicyDefaultAlreadyExists = errorType(
  'QoSPolicyDefaultAlreadyExists',
  'conflict',
  (p: { projectId: string }) => `A default QoS policy exists for project ${p.projectId}.`,
);

/** What an operator limited stays limited. */
export const PolicyRemoveAuthorizationError = errorType(
  'PolicyRemoveAuthorizationError',
  'forbidden',
  (p: { id: string }) => `Failed to remove provided policy ${p.id} because you are not authorized.`,
);

/** A policy has one rule of each kind and direction. */
export const QosRulesConflict = errorType(
  'QoSRulesConflict',
  'conflict',
  (p: { kind: string; policyId: string }) => `Rule ${p.kind} conflicts with a rule which already exists in QoS Policy ${p.policyId}.`,
);
