import { describe, expect, test } from 'vitest';
import { allShared, beside, divided } from '../numa/host-topology.ts';
import { type DeviceAliases, type DeviceRequest, deviceRequestsOf } from './device-request.ts';
import { customName, deviceSpecProblem, type MachineDevice, offered } from './device-spec.ts';
import type { HostDevice } from './host-device.ts';
import { pickDevices } from './pick-devices.ts';
import { placeGuest } from './place-guest.ts';

const gpu = (address: string, node: number | null = null): MachineDevice => ({
  address,
  vendorId: '10de',
  productId: '1eb8',
  type: 'type-PCI',
  node,
  interfaces: [],
});
const card: MachineDevice = { ...gpu('0000:0a:00.0'), vendorId: '8086', productId: '10fb', type: 'type-PF', interfaces: ['eth4'] };
const functions = [1, 2].map(
  (n): MachineDevice => ({
    ...card,
    address: `0000:0a:10.${n}`,
    productId: '10ed',
    type: 'type-VF',
    parent: card.address,
  }),
);
const machine = [gpu('0000:81:00.0', 0), gpu('0000:82:00.0', 1), card, ...functions];

describe('the operator gives', () => {
  test.each([
    ['by ids', { vendor_id: '10DE', product_id: '1eb8' }, ['0000:81:00.0', '0000:82:00.0']],
    ['by vendor alone', { vendor_id: '8086' }, ['0000:0a:00.0', '0000:0a:10.1', '0000:0a:10.2']],
    ['by an address', { address: '0000:81:00.0' }, ['0000:81:00.0']],
    ['by a part of one', { address: ':82:' }, ['0000:82:00.0']],
    ['by a glob', { address: '*:0a:10.*' }, ['0000:0a:10.1', '0000:0a:10.2']],
    ['a card with its functions', { address: '0a:00.0' }, ['0000:0a:00.0', '0000:0a:10.1', '0000:0a:10.2']],
    ['only the functions', { address: '0a:00.0', product_id: '10ed' }, ['0000:0a:10.1', '0000:0a:10.2']],
    ['by expressions', { address: { bus: '8[12]', domain: '0000', slot: '.*', function: '0' } }, ['0000:81:00.0', '0000:82:00.0']],
    ['by the name of an interface', { devname: 'eth4' }, ['0000:0a:00.0', '0000:0a:10.1', '0000:0a:10.2']],
    ['a list', [{ address: '0000:81:00.0' }, { address: '0000:82:00.0' }], ['0000:81:00.0', '0000:82:00.0']],
    ['nothing that is not there', { address: '0000:83:00.0' }, []],
  ])('%s', (_, spec, addresses) => {
    expect(deviceSpecProblem(spec)).toBe(undefined);
    const named = offered(
      machine.map((one) => (one.parent ? { ...one, interfaces: ['eth4'] } : one)),
      [spec],
    );
    expect(named.map(({ address }) => address).sort()).toEqual([...addresses].sort());
  });

  test('what the first matching spec says of it', () => {
    const [first] = offered(machine, [
      { product_id: '1eb8', resource_class: 'gpu', traits: 'CUSTOM_FAST', managed: 'no' },
      { vendor_id: '10de' },
    ]);
    expect(first).toMatchObject({ resourceClass: 'CUSTOM_GPU', traits: ['CUSTOM_FAST'], isManaged: false });
    expect(offered(machine, [{ vendor_id: '10de' }])[0]).toMatchObject({ resourceClass: 'CUSTOM_PCI_10DE_1EB8', isManaged: true });
    expect(customName('a-b.c')).toBe('CUSTOM_A_B_C');
  });

  test.each([
    [{ vendor_id: '10d' }, 'has an id that is not four hexadecimal digits'],
    [{ address: '0000:81:00.0', devname: 'eth0' }, 'has both address and devname'],
    [{ address: 'here' }, 'has the address here, which is not of the form domain:bus:slot.function'],
    [{ physical_network: 'a' }, 'has the key physical_network, which has no effect here'],
    [{ managed: 'perhaps' }, 'has a managed that is neither yes nor no'],
    [{ resource_class: 1 }, 'has a resource_class that is not a text'],
    [{ address: { bus: '*' } }, 'has an address whose parts (domain, bus, slot, function) are not regular expressions'],
    [{ address: { buss: '81' } }, 'has an address whose parts'],
    [{ address: null }, 'has an address whose parts'],
    ['gpu', 'is neither an object nor a list of them'],
  ])('%j is refused', (spec, problem) => {
    expect(deviceSpecProblem(spec)).toContain(problem);
  });
});

const all = offered(machine, [{}]);
const wants = (more: Partial<DeviceRequest> = {}): DeviceRequest => ({
  alias: 'gpu',
  count: 1,
  anyOf: [{ vendorId: '10de', productId: '1eb8' }],
  numaPolicy: 'legacy',
  ...more,
});
const pick = (
  requests: readonly DeviceRequest[],
  held: readonly string[] = [],
  nodes?: readonly number[],
  devices: readonly HostDevice[] = all,
) => {
  const picked = pickDevices(requests, { devices, held: new Set(held) }, nodes && { nodes, beside: [0, 1] });
  return 'because' in picked ? picked.because : picked.devices.map(({ address }) => address);
};
const vf = wants({ alias: 'vf', anyOf: [{ vendorId: '8086', productId: '10ed', type: 'type-VF' }] });
const pf = wants({ alias: 'pf', anyOf: [{ vendorId: '8086', productId: '10fb', type: 'type-PF' }] });

const onSockets = (sockets: readonly number[]) =>
  divided(
    sockets.map((socket, id) => ({ id, cores: [[id]], memoryMb: 64, pages: [], socket })),
    allShared,
  );

describe('a guest gets', () => {
  test.each([
    ['a free one', [wants()], ['0000:81:00.0'], undefined, ['0000:82:00.0']],
    ['as many as it asks for', [wants({ count: 2 })], [], undefined, ['0000:81:00.0', '0000:82:00.0']],
    ['none if one is missing', [wants({ count: 2 })], ['0000:81:00.0'], undefined, 'wants 2 PCI devices gpu, has 1 free of 2'],
    ['one of the alternatives', [wants({ anyOf: [{ productId: 'ffff' }, { productId: '10ed' }] })], [], undefined, ['0000:0a:10.1']],
    [
      'each what only it can have',
      [wants({ anyOf: [{}] }), wants({ count: 2 })],
      functions.map(({ address }) => address),
      undefined,
      expect.stringContaining('in all'),
    ],
    [
      'no card when it did not ask for its type',
      [wants({ anyOf: [{ productId: '10fb' }] })],
      [],
      undefined,
      'wants 1 PCI device gpu, has 0 free of 0',
    ],
    ['a card whose functions are free', [pf], [], undefined, ['0000:0a:00.0']],
    ['no card of which a function is held', [pf], ['0000:0a:10.2'], undefined, 'wants 1 PCI device pf, has 0 free of 1'],
    ['no function of a card that is held', [vf], ['0000:0a:00.0'], undefined, 'wants 1 PCI device vf, has 0 free of 2'],
    ['no card with one of its functions', [pf, vf], [], undefined, 'wants PCI device 0000:0a:00.0 and a function of it at once'],
    ['one near its node, whatever the policy', [wants({ numaPolicy: 'preferred' })], [], [1], ['0000:82:00.0']],
    ['one far away if it only prefers', [wants({ numaPolicy: 'preferred' })], ['0000:82:00.0'], [1], ['0000:81:00.0']],
    ['none far away otherwise', [wants()], ['0000:82:00.0'], [1], 'wants 1 PCI device gpu near NUMA node 1 (legacy), has 0 free of 2'],
    ['one whose node nobody knows', [vf], [], [1], ['0000:0a:10.1']],
    [
      'not even that if it insists',
      [{ ...vf, numaPolicy: 'required' }],
      [],
      [1],
      'wants 1 PCI device vf near NUMA node 1 (required), has 0 free of 2',
    ],
  ] as const)('%s', (_, requests, held, nodes, expected) => {
    expect(pick(requests, held, nodes)).toEqual(expected);
  });

  test('one beside its node where that is on the same processor', () => {
    expect(pick([wants({ numaPolicy: 'socket' })], ['0000:82:00.0'], [1])).toEqual(['0000:81:00.0']);
    expect(beside(onSockets([0, 0, 1]), [0])).toEqual([0, 1]);
    expect(beside(onSockets([0, 1, 1]), [0])).toEqual([0]);
  });

  test('its nodes where its devices are', () => {
    const nodes = [0, 1].map((id) => ({ id, cores: [[id * 2], [id * 2 + 1]], memoryMb: 1_024, pages: [] }));
    const offer = { topology: divided(nodes, allShared), guests: [], ratios: { cpu: 1, ram: 1 }, devices: all };
    const flavor = { vcpus: 1, ramMb: 64, extraSpecs: { 'hw:numa_nodes': '1' }, devices: [wants({ numaPolicy: 'required' })] };
    const at = (held: string) => placeGuest({ flavor, image: null }, { ...offer, held: new Set([held]) });
    expect(at('0000:81:00.0')).toMatchObject({ numa: { nodes: [{ hostNode: 1 }] }, devices: [{ address: '0000:82:00.0' }] });
    expect(at('0000:82:00.0')).toMatchObject({ numa: { nodes: [{ hostNode: 0 }] }, devices: [{ address: '0000:81:00.0' }] });
    expect(placeGuest({ flavor, image: null }, { ...offer, held: new Set(['0000:81:00.0', '0000:82:00.0']) })).toMatchObject({
      because: expect.stringMatching(/^wants 1 PCI device gpu near NUMA node \d \(required\), has 0 free of 2$/),
    });
  });
});

test('flavors ask by alias; the policy of the flavor wins, then that of the image', () => {
  const aliases: DeviceAliases = new Map([['gpu', { anyOf: [{ vendorId: '10de', productId: '1eb8' }], numaPolicy: 'required' }]]);
  const asked = (specs: Record<string, string>, properties: Record<string, string> = {}) =>
    deviceRequestsOf({ 'pci_passthrough:alias': 'gpu:2', ...specs }, properties, aliases);
  expect(asked({})).toEqual([wants({ count: 2, numaPolicy: 'required' })]);
  const byImage = { hw_pci_numa_affinity_policy: 'legacy' };
  expect(asked({}, byImage)[0]?.numaPolicy).toBe('legacy');
  expect(asked({ 'hw:pci_numa_affinity_policy': 'preferred' }, byImage)[0]?.numaPolicy).toBe('preferred');
  expect(asked({ 'pci_passthrough:alias': 'gpu:0' })).toEqual([]);
  expect(() => asked({ 'pci_passthrough:alias': 'gpu:1, fpga:1' })).toThrow('PCI alias fpga is not defined');
});
