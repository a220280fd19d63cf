#!/usr/bin/python3
"""What a program does with networks by openstacksdk, unmodified: a server that is reached from outside, pools, forwarded ports, lending.

Prints one JSON object of what it saw. Every call below is the library's own; nothing knows which cloud answers.
"""
import json

import openstack

seen = {}
cloud = openstack.connect(cloud='nova-ts-demo')
admin = openstack.connect(cloud='nova-ts')

server = cloud.create_server('reached', image='tiny', flavor='m1.nano', network='private', auto_ip=True, wait=True, timeout=60)
seen['public'] = server.public_v4.startswith('172.24.4.')
ips = list(cloud.network.ips(floating_ip_address=server.public_v4))
seen['floating'] = [len(ips) == 1, ips[0].port_id is not None]
cloud.delete_server(server.id, wait=True, timeout=60, delete_ips=True)

network = cloud.network.create_network(name='of-sdk')
pool = cloud.network.create_subnet_pool(name='of-sdk', prefixes=['10.83.0.0/16'], default_prefix_length=27)
seen['subnet'] = cloud.network.create_subnet(network_id=network.id, subnet_pool_id=pool.id, ip_version=4).cidr
six = cloud.network.create_subnet(
    network_id=network.id, ip_version=6, cidr='fd00:83::/64', ipv6_ra_mode='slaac', ipv6_address_mode='slaac')
port = cloud.network.create_port(network_id=network.id, name='of-sdk')
seen['slaac'] = any(ip['subnet_id'] == six.id and 'ff:fe' in ip['ip_address'] for ip in port.fixed_ips)

inside = cloud.network.create_port(network_id=cloud.network.find_network('private').id)
ip = cloud.network.create_ip(floating_network_id=cloud.network.find_network('public').id)
forwarding = cloud.network.create_floating_ip_port_forwarding(
    ip, protocol='tcp', external_port=2222, internal_port=22, internal_port_id=inside.id,
    internal_ip_address=inside.fixed_ips[0]['ip_address'])
seen['forwarded'] = [forwarding.external_port, forwarding.internal_port]
cloud.network.delete_floating_ip_port_forwarding(ip, forwarding)
cloud.network.delete_ip(ip)
cloud.network.delete_port(inside)

lender = admin.network.create_network(name='lent-by-admin')
seen['shared'] = {'before': any(one.id == lender.id for one in cloud.network.networks())}
policy = admin.network.create_rbac_policy(
    object_type='network', object_id=lender.id, action='access_as_shared', target_project_id=cloud.current_project_id)
seen['shared']['lent'] = any(one.id == lender.id for one in cloud.network.networks())
admin.network.delete_rbac_policy(policy)
seen['shared']['after'] = any(one.id == lender.id for one in cloud.network.networks())
admin.network.delete_network(lender)

availability = admin.network.get_network_ip_availability(network.id)
seen['used'] = availability.used_ips >= 2
cloud.network.delete_port(port)
cloud.network.delete_network(network)
cloud.network.delete_subnet_pool(pool)
seen['left'] = [one.name for one in cloud.network.networks() if one.name == 'of-sdk'] + [one.id for one in cloud.network.ips()]
print(json.dumps(seen))
