import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { AddressScopeChanges, NewAddressScope } from '../../../network/api/address-scopes.ts';
import type { AddressScope } from '../../../objects/network-sharing.ts';
import { oneOrMany } from './bulk.ts';
import { converted } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import { ipVersion, ownedFields, ownerFields, ownerIn, text } from './fields.ts';
import { given } from './given.ts';

const scopeView = resource<AddressScope>()('address scope', {
  ...ownedFields,
  name: field(t.String(), (scope) => scope.name),
  ip_version: field(t.Integer(), (scope) => scope.ipVersion),
  shared: field(t.Boolean(), (scope) => scope.isShared),
});

const changeable = { name: bodyField({ type: text }), shared: bodyField({ type: t.Boolean() }) };
const words = { one: 'address_scope', many: 'address_scopes' };
const createBody = oneOrMany(words, { ...changeable, ...ownerFields, ip_version: bodyField({ type: ipVersion, required: true }) });
const updateBody = converted(requestBody('address_scope', changeable));

const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({ name: body.name, isShared: body.shared });

/** /v2.0/address-scopes */
export const addressScopeRoutes = crudRoutes({
  path: 'address-scopes',
  words,
  said: { one: 'an address scope', many: 'address scopes' },
  view: scopeView,
  createBody,
  updateBody,
  of: (network) => network.addressScopes,
  newOf: (body) => given<NewAddressScope>({ ...changesOf(body), ipVersion: body.ip_version, projectId: ownerIn(body) }),
  changesOf: (body) => given<AddressScopeChanges>(changesOf(body)),
});
