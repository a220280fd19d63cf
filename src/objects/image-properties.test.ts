import { expect, test } from 'vitest';
import { imageProperty, invalidProperty } from './image-properties.ts';

// Fault 2026-11 A3.
test.each<[Record<string, string>, string | undefined]>([
  [{}, undefined],
  [{ anything: 'bogus', os_distro: 'bogus', hw_machine_type: 'q35', hw_boot_menu: 'perhaps' }, undefined],
  [{ hw_disk_bus: 'virtio', hw_cdrom_bus: 'sata', hw_video_ram: ' 64 ', os_type: 'Linux' }, undefined],
  [{ hw_disk_bus: 'bogus' }, "hw_disk_bus cannot be 'bogus': it must be one of fdc, ide, sata, scsi, usb, virtio, xen, lxc, uml."],
  [{ hw_disk_bus: 'VIRTIO' }, "hw_disk_bus cannot be 'VIRTIO'"],
  [{ hw_video_ram: 'much' }, "hw_video_ram cannot be 'much': it must be a whole number."],
  [{ os_type: 'beos' }, "os_type cannot be 'beos'"],
  [{ architecture: 'pdp11' }, "architecture cannot be 'pdp11'"],
  [{ architecture: 'pdp11', hw_architecture: 'amd64' }, undefined],
  [{ vm_mode: 'tv' }, "vm_mode cannot be 'tv'"],
  [{ hypervisor_type: 'KVM', hw_vif_model: 'VirtualE1000', hw_scsi_model: 'paraVirtual' }, undefined],
  [{ hypervisor_type: 'vm/370' }, "hypervisor_type cannot be 'vm/370'"],
  [{ img_hv_requested_version: '>=6.0, <7.2' }, undefined],
  [{ img_hv_requested_version: 'new' }, "img_hv_requested_version cannot be 'new'"],
  [{ 'hw_numa_cpus.0': '0-1', 'hw_numa_mem.0': '512' }, undefined],
  [{ 'hw_numa_cpus.0': 'both' }, "hw_numa_cpus.0 cannot be 'both'"],
  [{ 'hw_numa_mem.1': 'half' }, "hw_numa_mem.1 cannot be 'half'"],
  [{ constructor: 'x', toString: 'x' }, undefined],
])('the properties %j are invalid because: %s', (properties, because) => {
  const found = invalidProperty(properties);
  if (because === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(because);
});

// Fault 2026-11 A2.
test.each<[Record<string, string>, Parameters<typeof imageProperty>[1], string | undefined]>([
  [{ architecture: 'aarch64' }, 'hw_architecture', 'aarch64'],
  [{ architecture: 'aarch64', hw_architecture: 'AMD64' }, 'hw_architecture', 'x86_64'],
  [{ architecture: 'i386' }, 'hw_architecture', 'i686'],
  [{ hypervisor_type: 'XAPI' }, 'img_hv_type', 'xen'],
  [{ vm_mode: 'pv' }, 'hw_vm_mode', 'xen'],
  [{ vm_mode: 'HVM' }, 'hw_vm_mode', 'hvm'],
  [{}, 'hw_vm_mode', undefined],
])('of the properties %j, %s is %s', (properties, name, value) => {
  expect(imageProperty(properties, name)).toBe(value);
});
