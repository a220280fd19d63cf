import { hardwareIn } from '../../objects/guest-spec.ts';
import { devices } from './definition/devices.ts';
import type { DomainParts } from './definition/domain-parts.ts';
import { operatingSystem } from './definition/firmware.ts';
import { memoryBacking, memoryTuning, vcpus } from './definition/nodes.ts';
import { cpuTuning, features, processor } from './definition/processor.ts';
import { serverMark } from './server-mark.ts';
import { element, render } from './xml.ts';

/** Builds the libvirt domain XML of a guest. */
export const domainXml = (parts: DomainParts): string => {
  const { guest, virtType } = parts;
  const hardware = hardwareIn(guest);
  return render(
    element(
      'domain',
      { type: virtType },
      element('name', {}, guest.name),
      element('uuid', {}, guest.serverId),
      element('metadata', {}, serverMark(guest, parts.home)),
      element('memory', { unit: 'MiB' }, String(guest.flavor.ramMb)),
      memoryBacking(guest, hardware),
      vcpus(guest, parts.cpu),
      cpuTuning(hardware, guest.numa),
      guest.numa && memoryTuning(guest.numa),
      operatingSystem(parts, hardware),
      features(virtType, hardware),
      processor(parts, hardware),
      // Windows keeps local time in the clock of its machine.
      element('clock', { offset: hardware.isWindows ? 'localtime' : 'utc' }),
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, 'restart'),
      element('on_crash', {}, 'destroy'),
      devices(parts, hardware),
    ),
  );
};
