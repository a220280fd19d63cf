/**
 * What the tiny guest does with a volume, as user data: at each boot it waits for a disk with a serial number, reads the file system on it, or
 * makes one and writes to it, and says so on its console. The name of the disk depends on the guest's other disks.
 */
export const volumeScript = `#!/bin/sh
volume() { grep -l . /sys/block/vd*/serial 2>/dev/null | head -n 1 | cut -d/ -f4; }
grep -q volume /etc/rc || { cp "$0" /root/volume && echo '/root/volume &' >>/etc/rc; }
(
  while [ ! -b "/dev/$(volume)" ]; do sleep 1; done
  device=/dev/$(volume)
  mount $device /mnt 2>/dev/null || { mke2fs -F $device && mount $device /mnt; }
  if [ -f /mnt/file ]; then echo "VOLUME-READ $(cat /mnt/file)" >/dev/ttyS0
  else echo MARKED >/mnt/file; echo VOLUME-WRITTEN >/dev/ttyS0; fi
  umount /mnt
  sync
  echo VOLUME-FREE >/dev/ttyS0
) &
`;

/** What it says when it has made a file system. */
export const volumeWritten = /VOLUME-WRITTEN[^]*VOLUME-FREE/;

/** What it says when it has found one that was made before. */
export const volumeRead = /VOLUME-READ MARKED[^]*VOLUME-FREE/;
