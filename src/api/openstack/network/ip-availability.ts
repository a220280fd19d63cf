import { Type as t } from '@sinclair/typebox';
import { embeddedList, field, resource } from '../../../lib/versioning/resource.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { NetworkAvailability, SubnetAvailability } from '../../../network/api/ip-availability.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { type FaceQuery, fieldsQuery, listQuery } from './list-query.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const subnetView = resource<SubnetAvailability>()('addresses of a subnet', {
  subnet_id: field(t.String(), ({ subnet }) => subnet.id),
  subnet_name: field(t.String(), ({ subnet }) => subnet.name),
  cidr: field(t.String(), ({ subnet }) => subnet.cidr),
  ip_version: field(t.Integer(), ({ subnet }) => subnet.ipVersion),
  total_ips: field(t.Number(), ({ total }) => total),
  used_ips: field(t.Integer(), ({ used }) => used),
});

const availabilityView = resource<NetworkAvailability>()('addresses of a network', {
  network_id: field(t.String(), ({ network }) => network.id),
  network_name: field(t.String(), ({ network }) => network.name),
  tenant_id: field(t.String(), ({ network }) => network.projectId),
  project_id: field(t.String(), ({ network }) => network.projectId),
  total_ips: field(t.Number(), ({ total }) => total),
  used_ips: field(t.Integer(), ({ used }) => used),
  subnet_ip_availability: embeddedList(subnetView, ({ subnets }) => subnets),
});

function versionIn({ filters }: FaceQuery): { readonly ipVersion?: 4 | 6 } {
  const [text, ...more] = filters['ip_version'] ?? [];
  if (text === undefined) return {};
  if (more.length > 0 || !['4', '6'].includes(text)) throw InvalidInput({ message: 'Invalid input for ip_version. Reason: it is 4 or 6.' });
  return { ipVersion: text === '4' ? 4 : 6 };
}

/** /v2.0/network-ip-availabilities */
export const ipAvailabilityRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/network-ip-availabilities',
    summary: 'List how many addresses networks have, and how many are taken.',
    query: listQuery,
    status: 200,
    answers: shownPage('network_ip_availabilities', availabilityView),
    handle: async (req, { network }: Deps) => {
      const { ip_version: _, ...filters } = req.query.filters;
      return ok(pageFor(req, await network.ipAvailability.list(req.ctx, { ...req.query, ...versionIn(req.query), filters })));
    },
  }),
  route({
    method: 'GET',
    path: '/v2.0/network-ip-availabilities/{id}',
    summary: 'Show how many addresses a network has, and how many are taken.',
    query: fieldsQuery,
    status: 200,
    answers: shown('network_ip_availability', availabilityView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.ipAvailability.show(ctx, params.id) }),
  }),
];
