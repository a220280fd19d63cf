import type { Diagnostics } from '../../objects/diagnostics.ts';
import type { FakeGuest } from './guest-files.ts';

/** Numbers of a simulated guest: each boot reads the same amount, writes half of it and takes the same time. */
export function simulatedDiagnostics({ spec, power, boots }: FakeGuest): Diagnostics {
  const { flavor, vifs, disk } = spec;
  const read = { bytes: boots * 8 * 1024 ** 2, requests: boots * 400 };
  const traffic = { octets: boots * 12_000, packets: boots * 90, errors: 0, drops: 0 };
  return {
    state: power,
    hypervisor: 'fake',
    hypervisorOs: 'linux',
    cpus: Array.from({ length: flavor.vcpus }, (_, id) => ({ id, timeNs: boots * 2_000_000_000 })),
    nics: vifs.map(({ portId, macAddress }) => ({
      device: `tap${portId.slice(0, 11)}`,
      macAddress,
      received: traffic,
      sent: traffic,
    })),
    disks: disk
      ? [
          {
            device: 'vda',
            readBytes: read.bytes,
            readRequests: read.requests,
            writeBytes: read.bytes / 2,
            writeRequests: read.requests / 2,
            errors: 0,
          },
        ]
      : [],
    memoryKib: { maximum: flavor.ramMb * 1024, actual: flavor.ramMb * 1024, rss: flavor.ramMb * 512 },
  };
}
