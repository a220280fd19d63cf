/** Events of address scopes, subnet pools and the policies that let projects use what others own. */
import { Type as t } from '@sinclair/typebox';
import type { RbacPolicy } from '../objects/network-sharing.ts';
import { eventType, orNull, snapshot, time, word } from './event-type.ts';

const ofProject = { projectOf: ({ projectId }: { readonly projectId: string }) => projectId };
const identified = { subjectOf: ({ id }: { readonly id: string }) => id, ...ofProject };
const named = { id: t.String(), projectId: t.String(), name: t.String() };
const ipVersion = t.Union([t.Literal(4), t.Literal(6)]);

const rbacPolicy = snapshot(
  t.Object({
    id: t.String(),
    projectId: t.String(),
    objectType: word<RbacPolicy['objectType']>(),
    objectId: t.String(),
    action: word<RbacPolicy['action']>(),
    targetProject: t.String(),
  }),
  identified,
);
export const rbacPolicyCreate = eventType('rbacPolicy.create', rbacPolicy);
export const rbacPolicyUpdate = eventType('rbacPolicy.update', rbacPolicy);
export const rbacPolicyDelete = eventType('rbacPolicy.delete', rbacPolicy);

const addressScope = snapshot(t.Object({ ...named, ipVersion, isShared: t.Boolean() }), identified);
export const addressScopeCreate = eventType('addressScope.create', addressScope);
export const addressScopeUpdate = eventType('addressScope.update', addressScope);
export const addressScopeDelete = eventType('addressScope.delete', addressScope);

const subnetPool = snapshot(
  t.Object({
    ...named,
    description: t.String(),
    createdAt: time(),
    updatedAt: time(),
    ipVersion,
    prefixes: t.Array(t.String()),
    defaultPrefixLength: t.Integer(),
    minPrefixLength: t.Integer(),
    maxPrefixLength: t.Integer(),
    defaultQuota: orNull(t.Integer()),
    isDefault: t.Boolean(),
    isShared: t.Boolean(),
    addressScopeId: orNull(t.String()),
    tags: t.Array(t.String()),
  }),
  identified,
);
export const subnetPoolCreate = eventType('subnetPool.create', subnetPool);
export const subnetPoolUpdate = eventType('subnetPool.update', subnetPool);
export const subnetPoolDelete = eventType('subnetPool.delete', subnetPool);
