#!/bin/sh
# Runs libvirtd as the only daemon of a private host. Called inside new mount and UTS namespaces and the host's network namespace:
#   enter-host.sh NAME DIRECTORY RUN_DIRECTORY
set -eu
name=$1 directory=$2 run=$3

hostname "$name"
# The /sys of the host's network namespace, where libvirt looks for network cards.
mount -t sysfs sysfs /sys

own() { mkdir -p "$2" && mount --bind "$1" "$2"; }
own "$run" /run/libvirt
own "$directory/etc" /etc/libvirt
own "$directory/lib" /var/lib/libvirt
own "$directory/log" /var/log/libvirt
own "$directory/cache" /var/cache/libvirt
mount --bind "$directory/hosts" /etc/hosts

# tini reaps guests that end: the first process of a container may take seconds, and libvirt waits for it.
exec tini -s -- libvirtd --config "$directory/etc/libvirtd.conf" --pid-file "$run/libvirtd.pid"
