import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageLinksOf, loadNovaConfig, portOf, publicUrlOf, stateDirOf, strangeNovaVariables, urlOf } from './nova-config.ts';

const machine = { isRoot: false, hostname: 'node-1' };

const statePath = (isRoot: boolean, env = {}) => loadNovaConfig({ machine: { ...machine, isRoot }, env }).DEFAULT.state_path;

test('state lies in ./var, for root in /var/lib, and where NOVA_STATE_DIR says', () => {
  expect(statePath(false)).toBe(`${process.cwd()}/var`);
  expect(statePath(true)).toBe('/var/lib/nova-ts');
  expect(statePath(true, { NOVA_STATE_DIR: '/srv/nova' })).toBe('/srv/nova');
});

test('every variable of the environment has its option', () => {
  const env = {
    NOVA_PORT_OFFSET: '1000',
    NOVA_LISTEN: '::1',
    NOVA_DATABASE_URL: 'postgres://u:p$w@h/d',
    NOVA_TRANSPORT_URL: 'amqp://a:b@c:1/d',
    NOVA_VIRT_DRIVER: 'fake',
    NOVA_LIBVIRT_DAEMON: 'private',
    NOVA_HOST: 'h',
    NOVA_FAKE_HOSTS: '7',
    NOVA_FAKE_FAULTS: '{"spawn":{"failureRate":1}}',
  };
  const config = loadNovaConfig({ machine, env });
  expect(config.database.connection).toBe('postgres://u:p$w@h/d');
  expect(config.DEFAULT).toMatchObject({ transport_url: 'amqp://a:b@c:1/d', compute_driver: 'fake', host: 'h' });
  expect(config.fake).toEqual({ pci_devices: [], hosts: 7, faults: { spawn: { failureRate: 1 } } });
  expect(config.libvirt.daemon).toBe('private');
  expect(portOf(config, 'compute')).toBe(9774);
  expect(urlOf(config, 'image')).toBe('http://[::1]:10292');
});

test('URLs replace a wildcard address by `my_ip`', () => {
  const config = loadNovaConfig({ machine, env: { NOVA_LISTEN: '0.0.0.0' } });
  expect(urlOf(config, 'image')).toBe('http://127.0.0.1:9292');
});

// Fault 2026-11 A14.
test('an API is shown to clients at its public address, if it has one', () => {
  const flags = {
    'identity.public_endpoint': 'https://cloud.example.com/identity/',
    'api.compute_link_prefix': 'https://cloud.example.com',
  };
  const config = loadNovaConfig({ machine, env: {}, flags });
  expect([publicUrlOf(config, 'identity'), publicUrlOf(config, 'compute'), publicUrlOf(config, 'image')]).toEqual([
    'https://cloud.example.com/identity',
    'https://cloud.example.com',
    'http://127.0.0.1:9292',
  ]);
});

const linksAt = (flags: Record<string, string>) => imageLinksOf(loadNovaConfig({ machine, env: {}, flags }));

test('links to images begin where the operator says, else at the public address of the image API', () => {
  expect(linksAt({ 'image.public_endpoint': 'https://image.example.com' })).toBe('https://image.example.com');
  expect(linksAt({ 'api.glance_link_prefix': 'https://cloud.example.com/image/' })).toBe('https://cloud.example.com/image');
});

test.each([
  ['NOVA_STATEDIR', 'environment NOVA_STATEDIR: unknown variable; did you mean "NOVA_STATE_DIR"?'],
  ['NOVA_PORTS_OFFSET', 'environment NOVA_PORTS_OFFSET: unknown variable; did you mean "NOVA_PORT_OFFSET"?'],
  ['NOVA_CONFG', 'environment NOVA_CONFG: unknown variable; did you mean "NOVA_CONFIG"?'],
])('a misspelt variable, which would be ignored, is refused: %s', (name, message) => {
  expect(() => loadNovaConfig({ machine, env: { [name]: '1' } })).toThrow(message);
  expect(loadNovaConfig({ machine, env: { [name]: '' } })).toBeDefined();
});

test('a variable that resembles none of ours is strange, not wrong', () => {
  const input = { machine, env: { NOVA_USERNAME: 'of another tool', NOVA_HOST: 'h', NOVA_CONFIG: '', NOVA_NO_INSTALL: '1', HOME: '/' } };
  expect(loadNovaConfig(input).DEFAULT.host).toBe('h');
  expect(strangeNovaVariables(input)).toEqual(['NOVA_USERNAME']);
});

test('all mistakes are named at once, before anything starts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nova-config-'));
  const file = join(directory, 'nova.conf');
  const policy = join(directory, 'policy.yaml');
  writeFileSync(policy, '- a list');
  writeFileSync(file, `[filter_scheduler]\nenabled_filters = RamFilter, ComputFilter\n[oslo_policy]\npolicy_file = ${policy}\n`);
  const env = {
    NOVA_DATABASE_URL: 'mysql://nova:secret@db/nova',
    NOVA_TRANSPORT_URL: 'rabbit://mq',
    NOVA_FAKE_FAULTS: '{"spwn":{"delayMs":1}}',
    NOVA_FAKE_HOSTS: '0',
  };
  const load = () => loadNovaConfig({ machine, env, configFiles: [file] });
  for (const mistake of [
    `${file}:2: [filter_scheduler] enabled_filters: the value "RamFilter, ComputFilter" has an item "ComputFilter" that is not one of`,
    'did you mean "ComputeFilter"?',
    `${file}:4: [oslo_policy] policy_file: the value "${policy}" has an item "${policy}" that cannot be used (${policy}: it is not a map`,
    'environment NOVA_DATABASE_URL: [database] connection: the value does not begin with postgres://; it looks like postgres://user',
    'environment NOVA_TRANSPORT_URL: [DEFAULT] transport_url: the value does not begin with memory://, amqp:// or amqps://',
    'environment NOVA_FAKE_FAULTS: [fake] faults: the value "{"spwn":{"delayMs":1}}" at /spwn names no call of a hypervisor; did you mean "spawn"?',
    'environment NOVA_FAKE_HOSTS: [fake] hosts: the value "0" is below 1',
  ]) {
    expect(load).toThrow(mistake);
  }
  // What runs there can be stopped all the same.
  expect(stateDirOf({ machine, env: { ...env, NOVA_STATE_DIR: '/srv/nova' }, configFiles: [file] })).toBe('/srv/nova');
  expect(() => stateDirOf({ machine, env, configFiles: [join(directory, 'none')] })).toThrow('cannot be read');
  rmSync(directory, { recursive: true });
});

test('a PCI alias with a number for a text is refused, rather than failing when it is used', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nova-config-'));
  const file = join(directory, 'nova.conf');
  writeFileSync(file, '[pci]\nalias = {"name": "gpu", "vendor_id": 1234, "product_id": "1eb8"}\n');
  expect(() => loadNovaConfig({ machine, env: {}, configFiles: [file] })).toThrow('has a vendor_id that is not a text');
  rmSync(directory, { recursive: true });
});

test('a wrong variable is named with its value', () => {
  expect(() => loadNovaConfig({ machine, env: { NOVA_VIRT_DRIVER: 'libvrt' } })).toThrow(
    'environment NOVA_VIRT_DRIVER: [DEFAULT] compute_driver: the value "libvrt" is not one of auto, libvirt, fake; did you mean "libvirt"?',
  );
});
