/** Payloads of the search for a host in versioned notifications. */
import type { ImageMeta } from '../../objects/image.ts';
import type { Telling } from './notification.ts';
import { type NovaObject, novaObject } from './nova-object.ts';
import { flavorObject } from './resource-objects.ts';
import { faultObject, type ServerInEvent, serverOf } from './server-objects.ts';

const imageObject = (image: ImageMeta) =>
  novaObject('ImageMetaPayload', '1.0', {
    id: image.id,
    name: image.name,
    status: 'active',
    visibility: null,
    protected: null,
    checksum: image.hash,
    owner: null,
    size: image.sizeBytes,
    virtual_size: image.virtualSizeBytes,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    created_at: null,
    updated_at: null,
    tags: [],
    direct_url: null,
    min_ram: image.minRamMb,
    min_disk: image.minDiskGb,
    properties: novaObject('ImageMetaPropsPayload', '1.6', image.properties),
  });

/** Each hint as a list of texts. */
const hintsOf = ({ schedulerHints }: ServerInEvent) =>
  Object.fromEntries(Object.entries(schedulerHints).map(([name, value]) => [name, [value].flat().map(String)]));

/** What is asked of the scheduler for a server. */
export function requestObject(telling: Telling): NovaObject {
  const server = serverOf(telling);
  return novaObject('RequestSpecPayload', '1.1', {
    instance_uuid: server.id,
    project_id: server.projectId,
    user_id: server.userId,
    availability_zone: server.requestedZone,
    flavor: flavorObject(telling.facts.work?.flavor ?? server.flavor),
    image: server.image ? imageObject(server.image) : null,
    num_instances: 1,
    security_groups: server.securityGroups,
    scheduler_hints: hintsOf(server),
    force_hosts: null,
    force_nodes: null,
    ignore_hosts: null,
    instance_group: null,
    numa_topology: null,
    pci_requests: null,
    requested_destination: null,
    retry: null,
  });
}

/** Work that found no host: what was asked for, and why there is none. */
export function taskObject(telling: Telling): NovaObject {
  const server = serverOf(telling);
  return novaObject('ComputeTaskPayload', '1.0', {
    instance_uuid: server.id,
    request_spec: requestObject(telling),
    state: server.vmState,
    reason: faultObject(telling),
  });
}
