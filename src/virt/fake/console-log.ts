import type { FakeGuest } from './guest-files.ts';

/** The serial console output of a small Linux guest while it boots, up to the line that marks it ready. */
export function bootLog({ spec, boots }: Pick<FakeGuest, 'spec' | 'boots'>): string {
  const { flavor, vifs } = spec;
  const lines = [
    'SeaBIOS (version simulated)',
    'Booting from Hard Disk...',
    'Linux version 6.1.0-simulated (nova-ts) #1 SMP',
    'Command line: console=tty0 console=ttyS0 quiet',
    `Memory: ${flavor.ramMb * 1024}K available`,
    `smp: Brought up 1 node, ${flavor.vcpus} CPU${flavor.vcpus === 1 ? '' : 's'}`,
    ...vifs.map((vif, i) => `virtio_net virtio${i} eth${i}: ${vif.macAddress}, mtu ${vif.mtu}`),
    'EXT4-fs (vda): mounted filesystem with ordered data mode',
    `GUEST-READY metadata=${spec.configDrive ? 'drive' : 'none'} id=${spec.serverId} hostname=${spec.hostname} ip=none boots=${boots} uptime=0.00`,
    `${spec.hostname} login: `,
  ];
  return `${lines.join('\n')}\n`;
}
