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

/**
 * The same with a guest that goes on writing: a line at a time, each on the volume before the next, and tells how many lines it has written,
 * how many it reads and how many sectors the disk has.
 */
export const writerScript = `#!/bin/sh
volume() { grep -l . /sys/block/vd*/serial 2>/dev/null | head -n 1 | cut -d/ -f4; }
grep -q writer /etc/rc || { cp "$0" /root/writer && echo '/root/writer &' >>/etc/rc; }
# In its first boot it is begun twice.
boot=/proc/sys/kernel/random/boot_id
cmp -s $boot /root/booted && exit
cat $boot >/root/booted
(
  while [ ! -b "/dev/$(volume)" ]; do sleep 1; done
  device=$(volume)
  mount /dev/$device /mnt 2>/dev/null || { mke2fs -F /dev/$device && mount /dev/$device /mnt; }
  n=$(cat /mnt/log 2>/dev/null | wc -l)
  echo "FOUND $n" >/dev/ttyS0
  while :; do
    n=$((n+1)); echo $n >>/mnt/log; sync; echo 3 >/proc/sys/vm/drop_caches
    echo "WROTE $n $(wc -l </mnt/log) $(cat /sys/block/$device/size)" >/dev/ttyS0
    sleep 0.3
  done
) &
`;

/** What such a guest has told, the newest last. */
export const writesIn = (console: string) =>
  [...console.matchAll(/WROTE (\d+) (\d+) (\d+)/g)].map(([, wrote, reads, sectors]) => ({
    wrote: Number(wrote),
    reads: Number(reads),
    sectors: Number(sectors),
  }));

/** How many lines it has found at each of its boots. */
export const foundIn = (console: string): readonly number[] => [...console.matchAll(/FOUND (\d+)/g)].map(([, found]) => Number(found));
