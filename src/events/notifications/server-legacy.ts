/** Payloads of servers in unversioned notifications. */
import { namedImage } from '../../objects/server.ts';
import type { Telling } from './notification.ts';
import { addressesOf, auditPeriodOf, failureOf, guestOf, oldNameOf, serverOf, statesOf, type ServerInEvent } from './server-objects.ts';

/** A time as unversioned payloads write it, in microseconds without a zone; empty for none. */
export const legacyTime = (at: string | Date | null): string =>
  at === null ? '' : new Date(at).toISOString().replace(/\.(\d{3})Z$/, '.$1000');

/** The creation is written in another way than all other times. */
const createdTime = (at: string): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '+00:00');

/** The image's properties and requirements. */
function imageOf({ image, flavor }: ServerInEvent) {
  if (!image) return {};
  return {
    ...image.properties,
    base_image_ref: image.id,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    min_disk: String(flavor.rootGb),
    min_ram: String(image.minRamMb),
  };
}

/** The fields that all payloads of servers have. */
export function legacyServer(telling: Telling) {
  const server = serverOf(telling);
  const { flavor } = server;
  const image = namedImage(server);
  return {
    tenant_id: server.projectId,
    user_id: server.userId,
    instance_id: server.id,
    display_name: server.name,
    reservation_id: server.reservationId,
    hostname: server.hostname,
    instance_type: flavor.name,
    // The number of the flavor's row, which no API shows.
    instance_type_id: null,
    instance_flavor_id: flavor.id,
    memory_mb: flavor.ramMb,
    disk_gb: flavor.rootGb + flavor.ephemeralGb,
    vcpus: flavor.vcpus,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    host: server.host,
    node: server.node,
    availability_zone: server.zone,
    cell_name: '',
    created_at: createdTime(server.createdAt),
    terminated_at: legacyTime(server.terminatedAt),
    deleted_at: server.vmState === 'deleted' ? legacyTime(server.terminatedAt) : '',
    launched_at: legacyTime(server.launchedAt),
    image_ref_url: image ? telling.rules.imageUrl(image.id) : null,
    ...guestOf(server),
    state: server.vmState,
    state_description: server.taskState ?? '',
    progress: server.progress === 0 ? '' : server.progress,
    access_ip_v4: server.accessIpV4,
    access_ip_v6: server.accessIpV6,
    image_meta: imageOf(server),
    metadata: server.metadata,
  };
}

/** An operation; the end of a boot also has the addresses. */
export function legacyAction(telling: Telling, phase: 'start' | 'end' | 'error' | undefined, isBoot: boolean): object {
  const volumeId = telling.facts.work?.volumeId;
  const payload = { ...legacyServer(telling), ...(volumeId !== undefined && { volume_id: volumeId }) };
  if (phase === 'error') {
    const { error, message } = failureOf(telling);
    return { ...payload, code: serverOf(telling).fault?.code ?? 500, message, exception: `${error}: ${message}` };
  }
  if (!isBoot || phase !== 'end') return payload;
  const fixedIps = addressesOf(serverOf(telling)).map(({ label, mac, version, address, floating }) => ({
    address,
    label,
    version,
    vif_mac: mac,
    type: 'fixed',
    meta: {},
    floating_ips: floating.map((ip) => ({ address: ip, type: 'floating', version: 4, meta: {} })),
  }));
  return { ...payload, fixed_ips: fixedIps, message: 'Success' };
}

/** What a server was in the period of usage audits until now. */
export function legacyExists(telling: Telling): object {
  const { begin, end } = auditPeriodOf(telling);
  return { ...legacyServer(telling), audit_period_beginning: legacyTime(begin), audit_period_ending: legacyTime(end), bandwidth: {} };
}

/** A change of a server's record or states. */
export function legacyUpdate(telling: Telling): object {
  const oldName = oldNameOf(telling);
  return {
    ...legacyExists(telling),
    ...statesOf(telling),
    ...(oldName === null ? {} : { old_display_name: oldName }),
  };
}

/** What is asked of the scheduler for a server. */
export const legacyRequest = (telling: Telling): object => ({
  instance_properties: legacyServer(telling),
  instance_type: serverOf(telling).flavor.name,
  num_instances: 1,
});

/** Work that found no host. */
export function legacyTask(telling: Telling, method: string): object {
  const server = serverOf(telling);
  return {
    request_spec: legacyRequest(telling),
    instance_properties: legacyServer(telling),
    instance_id: server.id,
    state: server.vmState,
    method,
    reason: failureOf(telling).message,
  };
}
