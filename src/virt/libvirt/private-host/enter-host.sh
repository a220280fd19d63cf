#!/bin/sh
# Runs libvirtd as the only daemon of a private host. Called inside new mount and UTS namespaces and the host's network namespace:
#   enter-host.sh NAME DIRECTORY RUN_DIRECTORY OWNER_OF_GUESTS
set -eu
name=$1 directory=$2 run=$3 owner=$4

hostname "$name"
# The /sys of the host's network namespace, where libvirt looks for network cards.
mount -t sysfs sysfs /sys

# The guests' account gets a device for KVM, in this host alone. libvirt, too, probes QEMU again and again when that account may not use it.
if [ -c /dev/kvm ] && [ "$owner" != 0:0 ]; then
  mkdir -p "$run/dev"
  mount -t tmpfs -o size=64k,mode=711 tmpfs "$run/dev"
  mknod -m 600 "$run/dev/kvm" c $(stat -c '0x%t 0x%T' /dev/kvm)
  chown "$owner" "$run/dev/kvm"
  mount --bind "$run/dev/kvm" /dev/kvm
fi

own() { mkdir -p "$2" && mount --bind "$1" "$2"; }
own "$run" /run/libvirt
own "$directory/etc" /etc/libvirt
own "$directory/lib" /var/lib/libvirt
own "$directory/log" /var/log/libvirt
own "$directory/cache" /var/cache/libvirt
# Only where TPMs can be emulated.
[ ! -d /var/lib/swtpm-localca ] || own "$directory/tpm-authority" /var/lib/swtpm-localca
mount --bind "$directory/hosts" /etc/hosts

# tini reaps guests that end: the first process of a container may take seconds, and libvirt waits for it.
exec tini -s -- libvirtd --config "$directory/etc/libvirtd.conf" --pid-file "$run/libvirtd.pid"
