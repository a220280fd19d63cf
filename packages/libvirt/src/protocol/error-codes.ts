/**
 * The names of libvirt's numbers: virErrorNumber, virErrorDomain and virErrorLevel of virterror.h,
 * each at its index, in lower case without the prefix.
 */

/** virErrorNumber: what went wrong. */
// biome-ignore format: a table reads better in rows of ten
export const errorNumbers = [
  'ok', 'internal-error', 'no-memory', 'no-support', 'unknown-host', 'no-connect', 'invalid-conn', 'invalid-domain', 'invalid-arg', 'operation-failed',
  'get-failed', 'post-failed', 'http-error', 'sexpr-serial', 'no-xen', 'xen-call', 'os-type', 'no-kernel', 'no-root', 'no-source',
  'no-target', 'no-name', 'no-os', 'no-device', 'no-xenstore', 'driver-full', 'call-failed', 'xml-error', 'dom-exist', 'operation-denied',
  'open-failed', 'read-failed', 'parse-failed', 'conf-syntax', 'write-failed', 'xml-detail', 'invalid-network', 'network-exist', 'system-error', 'rpc',
  'gnutls-error', 'war-no-network', 'no-domain', 'no-network', 'invalid-mac', 'auth-failed', 'invalid-storage-pool', 'invalid-storage-vol', 'war-no-storage', 'no-storage-pool',
  'no-storage-vol', 'war-no-node', 'invalid-node-device', 'no-node-device', 'no-security-model', 'operation-invalid', 'war-no-interface', 'no-interface', 'invalid-interface', 'multiple-interfaces',
  'war-no-nwfilter', 'invalid-nwfilter', 'no-nwfilter', 'build-firewall', 'war-no-secret', 'invalid-secret', 'no-secret', 'config-unsupported', 'operation-timeout', 'migrate-persist-failed',
  'hook-script-failed', 'invalid-domain-snapshot', 'no-domain-snapshot', 'invalid-stream', 'argument-unsupported', 'storage-probe-failed', 'storage-pool-built', 'snapshot-revert-risky', 'operation-aborted', 'auth-cancelled',
  'no-domain-metadata', 'migrate-unsafe', 'overflow', 'block-copy-active', 'operation-unsupported', 'ssh', 'agent-unresponsive', 'resource-busy', 'access-denied', 'dbus-service',
  'storage-vol-exist', 'cpu-incompatible', 'xml-invalid-schema', 'migrate-finish-ok', 'auth-unavailable', 'no-server', 'no-client', 'agent-unsynced', 'libssh', 'device-missing',
  'invalid-nwfilter-binding', 'no-nwfilter-binding', 'invalid-domain-checkpoint', 'no-domain-checkpoint', 'no-domain-backup', 'invalid-network-port', 'network-port-exist', 'no-network-port', 'no-hostname', 'checkpoint-inconsistent',
  'multiple-domains', 'no-network-metadata',
] as const;

/** An error that libvirt names. */
export type RemoteErrorCode = (typeof errorNumbers)[number];

/** virErrorDomain: the part of libvirt that reports the error. */
// biome-ignore format: a table reads better in rows of ten
export const errorDomains = [
  'none', 'xen', 'xend', 'xenstore', 'sexpr', 'xml', 'dom', 'rpc', 'proxy', 'conf',
  'qemu', 'net', 'test', 'remote', 'openvz', 'xenxm', 'stats-linux', 'lxc', 'storage', 'network',
  'domain', 'uml', 'node-dev', 'xen-inotify', 'security', 'vbox', 'interface', 'one', 'esx', 'phyp',
  'secret', 'cpu', 'xenapi', 'nwfilter', 'hook', 'domain-snapshot', 'audit', 'sysinfo', 'streams', 'vmware',
  'event', 'libxl', 'locking', 'hyperv', 'capabilities', 'uri', 'auth', 'dbus', 'parallels', 'device',
  'ssh', 'lockspace', 'initctl', 'identity', 'cgroup', 'access', 'systemd', 'bhyve', 'crypto', 'firewall',
  'polkit', 'thread', 'admin', 'logging', 'xenxl', 'perf', 'libssh', 'resctrl', 'firewalld', 'domain-checkpoint',
  'tpm', 'bpf', 'ch',
] as const;

/** virErrorLevel: `error` also for the level `none`, since a failed call is never nothing. */
export const errorLevels = ['error', 'warning', 'error'] as const;
