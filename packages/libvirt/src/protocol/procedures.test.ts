import { expect, expectTypeOf, test } from 'vitest';
import type { Libvirt } from '../libvirt.ts';
import { is, remoteError } from '../libvirt-error.ts';
import { XdrReader } from '../xdr/xdr-reader.ts';
import { XdrWriter } from '../xdr/xdr-writer.ts';
import type { Domain } from './domain.ts';
import { domainStateWithReason } from './domain-state.ts';
import { errorDomains, errorNumbers } from './error-codes.ts';
import { events } from './events.ts';
import { flags } from './flags.ts';
import { procedures } from './procedures.ts';

test('no two procedures or events share a number', () => {
  const places = [
    ...Object.values(procedures).map(({ program, number }) => `${program}/${number}`),
    ...Object.values(events).map(({ procedure }) => procedure),
  ];
  expect(new Set(places).size).toBe(places.length);
});

const refusedByTheCompiler = (libvirt: Libvirt, guest: Domain): void => {
  // @ts-expect-error a name is not a guest
  void libvirt.destroy('guest');
  // @ts-expect-error no such flag
  void libvirt.create(guest, ['pause']);
  // @ts-expect-error the device is missing
  void libvirt.attachDevice(guest);
  // @ts-expect-error no such event
  void libvirt.on('started', () => undefined);
};

test('methods take what their line of the table says', () => {
  expectTypeOf<Libvirt['lookupByName']>().parameters.toEqualTypeOf<[value: string]>();
  expectTypeOf<Libvirt['lookupByName']>().returns.resolves.toEqualTypeOf<Domain>();
  expectTypeOf<Libvirt['hostname']>().parameters.toEqualTypeOf<[]>();
  expectTypeOf<Libvirt['destroy']>().parameter(1).toEqualTypeOf<readonly ('graceful' | 'remove-logs')[] | undefined>();
  expect(refusedByTheCompiler).toBeTypeOf('function');
});

test('flags become the bits of one unsigned word; an unknown name is refused', () => {
  const codec = flags({ low: 1, two: 2, high: 0x80000000 });
  const writer = new XdrWriter();
  codec.write(writer, ['low', 'high', 'low']);
  codec.write(writer, undefined);
  expect([...new Uint32Array(Uint8Array.from(writer.finish()).reverse().buffer)].reverse()).toEqual([0x80000001, 0]);
  expect(() => codec.write(writer, ['nonsense' as 'low'])).toThrow(expect.objectContaining({ code: 'invalid-arg' }));
});

test.each([
  [1, 'internal-error'],
  [9, 'operation-failed'],
  [29, 'operation-denied'],
  [38, 'system-error'],
  [42, 'no-domain'],
  [49, 'no-storage-pool'],
  [55, 'operation-invalid'],
  [68, 'operation-timeout'],
  [77, 'snapshot-revert-risky'],
  [84, 'operation-unsupported'],
  [86, 'agent-unresponsive'],
  [99, 'device-missing'],
  [110, 'multiple-domains'],
])('error number %i is %s', (number, name) => {
  expect(errorNumbers[number]).toBe(name);
});

test('error domains are where libvirt has them', () => {
  expect([errorDomains[7], errorDomains[10], errorDomains[12], errorDomains[20], errorDomains[60]]).toEqual([
    'rpc',
    'qemu',
    'test',
    'domain',
    'polkit',
  ]);
});

test('an error is recognised by one of several codes, or by being one at all', () => {
  const error = remoteError({ code: 42, domain: 10, level: 1, message: undefined });
  expect(error).toMatchObject({ level: 'warning', message: 'libvirt failed with no-domain (42).' });
  expect([is(error, 'no-domain'), is(error, 'dom-exist', 'no-domain'), is(error), is(error, 'rpc'), is(new Error('no-domain'))]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

const readState = (state: number, reason: number) => {
  const writer = new XdrWriter();
  writer.int(state);
  writer.int(reason);
  return domainStateWithReason.read(new XdrReader(writer.finish()));
};

test('a state or reason newer than this client is unknown, not an error', () => {
  expect(readState(3, 1)).toEqual({ state: 'paused', reason: 'user' });
  expect(readState(5, 99)).toEqual({ state: 'shutoff', reason: 'unknown' });
  expect(readState(99, 1)).toEqual({ state: 'unknown', reason: 'unknown' });
});
