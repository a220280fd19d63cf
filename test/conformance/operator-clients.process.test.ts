import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { type ClientShell, clientMissing, clientShell } from '../support/real-client.ts';

const missing = clientMissing('openstack') ?? clientMissing('nova');

const namesOf = async (shell: ClientShell) => (await shell.json('flavor', 'list')).map(({ Name }: { Name: string }) => Name);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`operators' clients${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let openstack: ClientShell;
  let nova: ClientShell;
  let user: ClientShell;
  let rest: CloudClient;
  beforeAll(async () => {
    cloud = await startCloud();
    openstack = clientShell(cloud, 'openstack', 'openrc');
    nova = clientShell(cloud, 'nova', 'openrc');
    user = clientShell(cloud, 'openstack', 'openrc-demo');
    rest = await cloud.demo();
  });
  afterAll(() => cloud?.destroy());

  const instancesOf = async () => {
    const rows = await user.json('limits', 'show', '--absolute');
    return rows.find(({ Name }: { Name: string }) => Name === 'maxTotalInstances').Value;
  };
  const forbidden = async (...args: string[]) => {
    const { code, stderr } = await user.run(...args);
    expect([code === 0, stderr]).toEqual([false, expect.stringMatching(/403.*Policy doesn't allow|Policy doesn't allow.*403/)]);
  };

  test('a flavor is created, granted, given extra specs, revoked and deleted', async () => {
    const size = ['--ram', '64', '--disk', '1', '--vcpus', '1'];
    const made = await openstack.json('flavor', 'create', ...size, '--private', '--description', 'mine', 'own');
    expect(made).toMatchObject({ name: 'own', ram: 64, description: 'mine', 'os-flavor-access:is_public': false });
    expect(await namesOf(user)).not.toContain('own');
    await openstack.out('flavor', 'set', '--project', 'demo', '--property', 'hw:cpu_policy=shared', 'own');
    expect(await namesOf(user)).toContain('own');
    const shown = await openstack.json('flavor', 'show', 'own');
    expect(shown).toMatchObject({ access_project_ids: [rest.projectId], properties: { 'hw:cpu_policy': 'shared' } });
    await openstack.out('flavor', 'unset', '--project', 'demo', '--property', 'hw:cpu_policy', 'own');
    expect((await openstack.json('flavor', 'show', 'own')).properties).toEqual({});
    expect(await namesOf(user)).not.toContain('own');
    await openstack.out('flavor', 'delete', 'own');
    expect((await openstack.run('flavor', 'show', 'own')).code).not.toBe(0);
    await forbidden('flavor', 'create', ...size, 'theirs');
  });

  test('limits of a project and of the default class are set and shown', async () => {
    expect(await instancesOf()).toBe(10);
    await nova.out('quota-class-update', '--instances', '12', 'default');
    expect(await instancesOf()).toBe(12);
    await nova.out('quota-update', '--instances', '3', rest.projectId);
    expect(await instancesOf()).toBe(3);
    expect(await nova.out('quota-show', '--tenant', rest.projectId)).toMatch(/instances +\| 3 /);
    expect(await nova.out('quota-defaults')).toMatch(/instances +\| 12 /);
    await nova.out('quota-delete', '--tenant', rest.projectId);
    expect(await instancesOf()).toBe(12);
  });

  test('services and hypervisors are listed, shown and disabled', async () => {
    const [compute] = await openstack.json('compute', 'service', 'list', '--service', 'nova-compute');
    expect(compute).toMatchObject({ Binary: 'nova-compute', Status: 'enabled', State: 'up', Zone: 'nova' });
    const [hypervisor] = await openstack.json('hypervisor', 'list');
    expect(hypervisor).toMatchObject({ State: 'up' });
    const name: string = hypervisor['Hypervisor Hostname'];
    expect(await openstack.json('hypervisor', 'show', name)).toMatchObject({
      hypervisor_hostname: name,
      status: 'enabled',
      load_average: expect.any(String),
      uptime: expect.any(String),
    });
    expect(await openstack.json('hypervisor', 'stats', 'show')).toMatchObject({ count: expect.any(Number) });
    expect(await nova.out('hypervisor-list')).toContain(name);

    const set = ['compute', 'service', 'set'];
    await openstack.out(...set, '--disable', '--disable-reason', 'a rest', compute.Host, 'nova-compute');
    const [disabled] = await openstack.json('compute', 'service', 'list', '--long', '--host', compute.Host, '--service', 'nova-compute');
    expect(disabled).toMatchObject({ Status: 'disabled', 'Disabled Reason': 'a rest' });
    await openstack.out(...set, '--enable', compute.Host, 'nova-compute');
    expect(await nova.out('service-list', '--host', compute.Host)).toMatch(/nova-compute .* enabled .* up /);
    await forbidden('compute', 'service', 'list');
    await forbidden('hypervisor', 'list');
  });

  test('everyone can list zones and extensions', async () => {
    expect(await user.json('availability', 'zone', 'list', '--compute')).toEqual([{ 'Zone Name': 'nova', 'Zone Status': 'available' }]);
    const zones = await openstack.json('availability', 'zone', 'list', '--compute');
    expect(zones.map((zone: Record<string, string>) => zone['Zone Name']).sort()).toEqual(['internal', 'nova']);
    const aliases = (await user.json('extension', 'list', '--compute')).map(({ Alias }: { Alias: string }) => Alias);
    expect(aliases).toEqual(expect.arrayContaining(['os-keypairs', 'os-quota-sets', 'os-hypervisors']));
  });
});
