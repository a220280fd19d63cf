import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import { ConfigInvalid } from './config-invalid.ts';
import { loadConfig, type Sources } from './load.ts';
import { option, optionGroup } from './option.ts';
import { sampleConfig } from './sample.ts';
import { boolean, float, integer, json, list, multi, oneOf, text } from './value-type.ts';

const groups = [
  optionGroup('DEFAULT', {
    host: option(text(), { default: 'node-1', help: 'Name of this host.', env: 'NOVA_HOST' }),
    state_path: option(text(), { default: '/var/lib/x', help: 'Where state lives.' }),
    instances_path: option(text(), { default: '$state_path/instances', help: 'Where disks live.' }),
    debug: option(boolean(), { default: false, help: 'Say more.' }),
    workers: option(integer({ min: 1, max: 64 }), { help: 'How many.' }),
    faults: option(json(), { help: 'What goes wrong.' }),
  }),
  optionGroup('libvirt', {
    virt_type: option(oneOf(['auto', 'qemu', 'kvm']), { default: 'auto', help: 'How guests run.' }),
    cpu_models: option(list(text()), { default: [], help: 'Models.' }),
    uri: option(text(), { default: 'qemu+ssh://${DEFAULT.host}/system', help: 'Where.' }),
    ratio: option(float({ min: 0 }), { default: 1.5, help: 'How much.' }),
    device: option(multi(text()), { default: [], help: 'Devices.' }),
    password: option(integer(), { help: 'Secret.', secret: true }),
  }),
] as const;

const directory = mkdtempSync(join(tmpdir(), 'nova-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

let count = 0;
const file = (source: string): string => {
  const path = join(directory, `${++count}.conf`);
  writeFileSync(path, source);
  return path;
};
const load = (sources: Partial<Sources<typeof groups>> = {}) => loadConfig({ groups, ...sources });
const complaint = (sources: Partial<Sources<typeof groups>>): string => {
  try {
    load(sources);
  } catch (error) {
    if (ConfigInvalid.is(error)) return error.message.replaceAll(directory, '');
  }
  return 'nothing';
};

test('the configuration is typed by the options it was declared with', () => {
  const config = load();
  expectTypeOf(config.DEFAULT.host).toEqualTypeOf<string>();
  expectTypeOf(config.DEFAULT.workers).toEqualTypeOf<number | undefined>();
  expectTypeOf(config.libvirt.virt_type).toEqualTypeOf<'auto' | 'qemu' | 'kvm'>();
  expectTypeOf(config.libvirt.cpu_models).toEqualTypeOf<readonly string[]>();
  // @ts-expect-error: no such option
  expect(config.libvirt.virt_typ).toBeUndefined();
  expect(config.DEFAULT.workers).toBeUndefined();
});

test('defaults give way to files in order, files to the environment, the environment to flags', () => {
  const files = [file('[DEFAULT]\nhost = one\ndebug = yes\n'), file('host = two\n')];
  expect(load().DEFAULT.host).toBe('node-1');
  expect(load({ files }).DEFAULT).toMatchObject({ host: 'two', debug: true });
  expect(load({ files, env: { NOVA_HOST: 'three' } }).DEFAULT.host).toBe('three');
  expect(load({ files, env: { NOVA_HOST: 'three' }, flags: { host: 'four' } }).DEFAULT.host).toBe('four');
  expect(load({ flags: { 'libvirt.virt_type': 'kvm' } }).libvirt.virt_type).toBe('kvm');
});

test('a file is read as oslo.config reads it', () => {
  const source = [
    '# a comment',
    '[libvirt]',
    'cpu_models = Haswell,',
    '; a comment inside a long value',
    '  Skylake , EPYC',
    'device: a',
    'device: b, c',
    'ratio = 16',
    '',
    '[DEFAULT]',
    'host = "quoted "',
    'faults = {"spawn": {"rate": 0.5}}',
  ];
  const config = load({ files: [file(source.join('\r\n'))] });
  expect(config.libvirt).toMatchObject({ cpu_models: ['Haswell', 'Skylake', 'EPYC'], device: ['a', 'b, c'], ratio: 16 });
  expect(config.DEFAULT).toMatchObject({ host: 'quoted ', faults: { spawn: { rate: 0.5 } } });
});

test('a later file replaces the values of a repeated key', () => {
  const files = [file('[libvirt]\ndevice = a\ndevice = b'), file('[libvirt]\ndevice = c')];
  expect(load({ files }).libvirt.device).toEqual(['c']);
});

test('references are followed in files and defaults, not in the environment', () => {
  expect(load({ files: [file('state_path = /srv')] }).DEFAULT.instances_path).toBe('/srv/instances');
  expect(load({ env: { NOVA_HOST: 'pa$state_path' } }).DEFAULT.host).toBe('pa$state_path');
  expect(load({ files: [file('host = a$$b')] }).libvirt.uri).toBe('qemu+ssh://a$b/system');
});

test.each([
  ['an unknown option', '[libvirt]\nvirt_typ = kvm', '/N.conf:2: unknown option "virt_typ" in [libvirt]; did you mean "virt_type"?'],
  ['an unknown section', '\n[libvrt]\nx = 1', '/N.conf:2: unknown section [libvrt]; did you mean "libvirt"?'],
  [
    'a bad word',
    '[libvirt]\nvirt_type = kvn',
    '/N.conf:2: [libvirt] virt_type: the value "kvn" is not one of auto, qemu, kvm; did you mean "kvm"?',
  ],
  ['a bad number', 'workers = many', '/N.conf:1: [DEFAULT] workers: the value "many" is not a whole number'],
  ['a number out of bounds', 'workers = 65', '/N.conf:1: [DEFAULT] workers: the value "65" is above 64'],
  ['a bad secret', '[libvirt]\npassword = hunter2', '/N.conf:2: [libvirt] password: the value is not a whole number'],
  ['a bad truth', 'debug = perhaps', '/N.conf:1: [DEFAULT] debug: the value "perhaps" is neither true nor false'],
  ['a line of nonsense', 'what is this', '/N.conf:1: "what is this" is neither [section] nor option = value'],
  ['a reference to nothing', 'host = $stat_path', '/N.conf:1: [DEFAULT] host: $stat_path names no option; did you mean "state_path"?'],
  ['a circle', 'host = $state_path\nstate_path = $host', '/N.conf:2: [DEFAULT] state_path: $host leads back to itself'],
  ['a key of Object.prototype', 'constructor = x', '/N.conf:1: unknown option "constructor" in [DEFAULT]'],
])('%s is refused with its place', (_what, source, message) => {
  const path = file(source);
  expect(complaint({ files: [path] })).toBe(message.replace('/N', `/${count}`));
});

test('every mistake is named at once, wherever it was made', () => {
  const message = complaint({ files: [file('workers = 0'), join(directory, 'none.conf')], env: { NOVA_HOST: 'x' }, flags: { hots: 'y' } });
  expect(message).toContain('the value "0" is below 1');
  expect(message).toContain('/none.conf: cannot be read');
  expect(message).toContain('flag --hots: unknown option "hots" in [DEFAULT]; did you mean "host"?');
});

test('the sample names each option, its help, type and default, and loads as nothing', () => {
  const sample = sampleConfig(groups);
  expect(sample).toContain('[libvirt]\n\n# How guests run. (one of auto, qemu, kvm)\n#virt_type = auto\n');
  expect(sample).toContain('# Environment: NOVA_HOST\n#host = node-1\n');
  expect(load({ files: [file(sample)] })).toEqual(load());
});
