import { expect, test } from 'vitest';
import { allShared } from '../../objects/numa/host-topology.ts';
import { nodesIn, topologyOf } from './host-nodes.ts';

const capabilities = `<capabilities><host><topology><cells num='3'>
  <cell id='0'>
    <memory unit='KiB'>4194304</memory>
    <pages unit='KiB' size='4'>917504</pages>
    <pages unit='KiB' size='2048'>256</pages>
    <cpus num='4'>
      <cpu id='0' socket_id='0' core_id='0' siblings='0,2'/>
      <cpu id='1' socket_id='0' core_id='1' siblings='1,3'/>
      <cpu id='2' socket_id='0' core_id='0' siblings='0,2'/>
      <cpu id='3' socket_id='0' core_id='1' siblings='1,3'/>
    </cpus>
  </cell>
  <cell id='1'>
    <memory unit='KiB'>2097152</memory>
    <cpus num='1'><cpu id='4' socket_id='1' core_id='0' siblings='4-5'/></cpus>
  </cell>
  <cell id='2'><memory unit='KiB'>1</memory><cpus num='0'/></cell>
</cells></topology></host></capabilities>`;

test('nodes have cores with their threads, memory and pages; one without CPUs is none for guests', () => {
  expect(nodesIn(capabilities)).toEqual([
    {
      id: 0,
      cores: [
        [0, 2],
        [1, 3],
      ],
      memoryMb: 4_096,
      pages: [
        { sizeKib: 4, total: 917_504 },
        { sizeKib: 2_048, total: 256 },
      ],
      socket: 0,
    },
    // CPU 5 is offline.
    { id: 1, cores: [[4]], memoryMb: 2_048, pages: [], socket: 1 },
  ]);
});

test('the operator divides them; a hypervisor that tells none has no topology', () => {
  const reservedPages = [{ node: 0, sizeKib: 2_048, count: 56 }];
  const [first] = topologyOf(capabilities, { shared: [0, 2], dedicated: [1, 3], reservedPages }) ?? [];
  expect(first).toMatchObject({ shared: [0, 2], dedicated: [1, 3], pages: [{ reserved: 0 }, { total: 256, reserved: 56 }] });
  expect(topologyOf('<capabilities/>', allShared)).toBeUndefined();
});
