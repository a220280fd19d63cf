/** The nodes of a host, as libvirt describes them. */
import { type CpuDivision, divided, type HostTopology, type MachineNode } from '../../objects/numa/host-topology.ts';
import { cpusIn } from '../../objects/hardware/cpu-list.ts';
import { attributeOf, childrenOf, elementAt, readXml, textIn } from './read-xml.ts';
import type { XmlElement } from './xml.ts';

/** The nodes as the operator divides them; undefined where libvirt tells none. */
export function topologyOf(capabilities: string, division: CpuDivision): HostTopology | undefined {
  const machine = nodesIn(capabilities);
  return machine.length > 0 ? divided(machine, division) : undefined;
}

/** The nodes that have CPUs. */
export const nodesIn = (capabilities: string): readonly MachineNode[] =>
  childrenOf(elementAt(readXml(capabilities), 'host', 'topology', 'cells'), 'cell')
    .map((cell) => ({
      id: numberIn(cell, 'id'),
      cores: coresOf(cell),
      memoryMb: Math.floor(Number(textIn(elementAt(cell, 'memory')) ?? 0) / 1_024),
      pages: childrenOf(cell, 'pages').map((pages) => ({ sizeKib: numberIn(pages, 'size'), total: Number(textIn(pages) ?? 0) })),
      ...socketOf(cell),
    }))
    .filter(({ cores }) => cores.length > 0);

/** Each CPU names the threads of its core, itself among them. */
const coresOf = (cell: XmlElement): readonly (readonly number[])[] => {
  const cpus = childrenOf(elementAt(cell, 'cpus'), 'cpu');
  const online = new Set(cpus.map((cpu) => numberIn(cpu, 'id')));
  const cores = new Map(
    cpus.map((cpu) => {
      const siblings = attributeOf(cpu, 'siblings') ?? String(numberIn(cpu, 'id'));
      return [siblings, cpusIn('siblings', siblings).filter((one) => online.has(one))] as const;
    }),
  );
  return [...cores.values()];
};

/** All CPUs of a node are on one processor. */
function socketOf(cell: XmlElement): { socket?: number } {
  const [cpu] = childrenOf(elementAt(cell, 'cpus'), 'cpu');
  const socket = cpu && attributeOf(cpu, 'socket_id');
  return socket === undefined ? {} : { socket: Number(socket) };
}

const numberIn = (of: XmlElement, name: string): number => Number(attributeOf(of, name) ?? 0);
