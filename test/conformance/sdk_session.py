#!/usr/bin/python3
"""What a program does with openstacksdk, unmodified: finds its cloud in clouds.yaml, makes servers and what they need, takes all of it away.

Prints one JSON object of what it saw. Every call below is the library's own; nothing knows which cloud answers.
"""
import json
import sys

import openstack

MICROVERSION = sys.argv[1]
NAME = 'sdk-' + MICROVERSION.replace('.', '-')
seen = {}

cloud = openstack.connect(cloud='nova-ts-demo', compute_default_microversion=MICROVERSION)
flavor = cloud.compute.find_flavor('m1.nano', ignore_missing=False)
image = cloud.image.find_image('tiny', ignore_missing=False)
network = cloud.network.find_network('private', ignore_missing=False)
seen['found'] = [flavor.name, image.name, network.name]

keypair = cloud.compute.create_keypair(name=NAME, public_key=sys.argv[2])
server = cloud.compute.create_server(
    name=NAME, image_id=image.id, flavor_id=flavor.id, key_name=keypair.name, networks=[{'uuid': network.id}], metadata={'made': 'by sdk'})
server = cloud.compute.wait_for_server(server, wait=60)
seen['server'] = {'status': server.status, 'key': server.key_name, 'metadata': server.metadata, 'networks': list(server.addresses)}
seen['listed'] = [one.name for one in cloud.compute.servers() if one.id == server.id]
seen['paged'] = sum(one.id == server.id for one in cloud.compute.servers(limit=1))

ports = list(cloud.network.ports(device_id=server.id))
seen['ports'] = [port.fixed_ips[0]['ip_address'] == server.addresses['private'][0]['addr'] for port in ports]

cloud.compute.stop_server(server)
server = cloud.compute.wait_for_server(server, status='SHUTOFF', wait=60)
cloud.compute.start_server(server)
server = cloud.compute.wait_for_server(server, wait=60)
cloud.compute.set_server_metadata(server, more='words')
seen['metadata'] = cloud.compute.get_server_metadata(server).metadata
renamed = cloud.compute.update_server(server, name='renamed')
seen['renamed'] = renamed.name
seen['console'] = 'GUEST-READY' in cloud.compute.get_server_console_output(server)['output']
seen['limits'] = cloud.compute.get_limits().absolute.instances_used

backed = cloud.create_server(
    NAME + '-backed', image=image, flavor=flavor, network=network, boot_from_volume=True, volume_size=1, terminate_volume=True, wait=True, timeout=60)
root = [cloud.volume.get_volume(one.id) for one in backed.attached_volumes]
seen['backed'] = [backed.status, [one.is_bootable for one in root]]
cloud.delete_server(backed.id, wait=True)
for one in root:
    cloud.volume.wait_for_delete(one, wait=60)

cloud.compute.delete_server(server)
cloud.compute.wait_for_delete(server, wait=60)
cloud.compute.delete_keypair(keypair)
seen['left'] = [one.name for one in cloud.compute.servers()] + [one.name for one in cloud.compute.keypairs()]
try:
    cloud.compute.get_server(server.id)
except openstack.exceptions.NotFoundException as error:
    seen['gone'] = error.status_code

admin = openstack.connect(cloud='nova-ts', compute_default_microversion=MICROVERSION)
seen['services'] = sorted({service.binary for service in admin.compute.services()})
seen['hypervisors'] = sum(1 for _ in admin.compute.hypervisors(details=True))
seen['projects'] = sorted(project.name for project in admin.identity.projects())
seen['zones'] = [zone.name for zone in admin.compute.availability_zones() if zone.name == 'nova']
print(json.dumps(seen))
