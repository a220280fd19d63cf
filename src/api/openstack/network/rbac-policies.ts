import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { NewRbacPolicy } from '../../../network/api/rbac-policies.ts';
import { type RbacPolicy, sharedActions, sharedTypes } from '../../../objects/network-sharing.ts';
import { oneOrMany } from './bulk.ts';
import { converted } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import { id, ownedFields, ownerFields, ownerIn } from './fields.ts';
import { given } from './given.ts';

const policyView = resource<RbacPolicy>()('RBAC policy', {
  ...ownedFields,
  object_type: field(t.String(), (policy) => policy.objectType),
  object_id: field(t.String(), (policy) => policy.objectId),
  action: field(t.String(), (policy) => policy.action),
  target_tenant: field(t.String(), (policy) => policy.targetProject),
  target_project: field(t.String(), (policy) => policy.targetProject),
});

/** By either name. */
const target = { target_tenant: bodyField({ type: id }), target_project: bodyField({ type: id }) };
const words = { one: 'rbac_policy', many: 'rbac_policies' };
const createBody = oneOrMany(words, {
  ...target,
  ...ownerFields,
  object_type: bodyField({ type: stringEnum(sharedTypes), required: true }),
  object_id: bodyField({ type: id, required: true }),
  action: bodyField({ type: stringEnum(sharedActions), required: true }),
});
const updateBody = converted(requestBody('rbac_policy', target));

type Target = ReturnType<typeof updateBody.parse>;

const targetIn = ({ target_project: present, target_tenant: old }: Target): string | undefined => present ?? old;

function requiredTarget(body: Target): string {
  const said = targetIn(body);
  if (said === undefined) throw InvalidInput({ message: "Failed to parse request. Required attribute 'target_tenant' not specified" });
  return said;
}

/** /v2.0/rbac-policies */
export const rbacPolicyRoutes = crudRoutes({
  path: 'rbac-policies',
  words,
  said: { one: 'an RBAC policy', many: 'RBAC policies' },
  view: policyView,
  createBody,
  updateBody,
  of: (network) => network.rbacPolicies,
  newOf: (body) =>
    given<NewRbacPolicy>({
      objectType: body.object_type,
      objectId: body.object_id,
      action: body.action,
      targetProject: requiredTarget(body),
      projectId: ownerIn(body),
    }),
  changesOf: (body) => given<{ targetProject?: string }>({ targetProject: targetIn(body) }),
});
