import { expect, test } from 'vitest';
import { loadNovaConfig, portOf, publicUrlOf, urlOf } from './nova-config.ts';

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
  expect(config.fake).toEqual({ hosts: 7, faults: { spawn: { failureRate: 1 } } });
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

test('a wrong variable is named with its value', () => {
  expect(() => loadNovaConfig({ machine, env: { NOVA_VIRT_DRIVER: 'libvrt' } })).toThrow(
    'environment NOVA_VIRT_DRIVER: [DEFAULT] compute_driver: the value "libvrt" is not one of auto, libvirt, fake; did you mean "libvirt"?',
  );
});
