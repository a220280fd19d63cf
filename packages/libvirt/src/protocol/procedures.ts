import { limits } from '../limits.ts';
import {
  bool,
  first,
  int,
  list,
  listOf,
  mapped,
  named,
  nothing,
  opaque,
  optional,
  size,
  string,
  structOf,
  uhyper,
  uint,
  type Encoder,
} from '../xdr/codec.ts';
import { domain, uuid } from './domain.ts';
import { domainState, domainStateWithReason } from './domain-state.ts';
import { changeScope, domainFilter, flags, noFlags, shutdownWay } from './flags.ts';
import { nodeInfo } from './node-info.ts';
import { call, stream } from './procedure.ts';
import { typedParams, typedRecord } from './typed-param.ts';

const domains = list(domain, limits.domains);

const listFilter = {
  ...domainFilter,
  'managed-save': 256,
  'no-managed-save': 512,
  autostart: 1024,
  'no-autostart': 2048,
  'has-snapshot': 4096,
  'no-snapshot': 8192,
};

/** libvirt's list procedures first take whether to return the elements or only their number: this client always wants the elements. */
const wantResults = <T>(rest: Encoder<T>): Encoder<T> => ({
  write: (writer, value) => {
    writer.int(1);
    rest.write(writer, value);
  },
});

/** The flags of a migration; `non-shared-incremental` copies what each disk has above its image. */
const migrateWay = {
  live: 1,
  peer2peer: 2,
  'persist-destination': 8,
  'undefine-source': 16,
  'non-shared-incremental': 128,
  'abort-on-error': 4096,
  'auto-converge': 8192,
  postcopy: 32_768,
  tls: 65_536,
};

/** A migration in several calls hands cookies on; in one call there is none. */
const withoutCookie = <T>(rest: Encoder<T>): Encoder<T> => ({
  write: (writer, value) => {
    writer.opaque(new Uint8Array());
    rest.write(writer, value);
  },
});

/** virDomainJobType. */
const jobType = named(['none', 'bounded', 'unbounded', 'completed', 'failed', 'cancelled']);

/** virCPUCompareResult, without its error. */
const cpuComparison = named(['incompatible', 'identical', 'superset']);

/** libvirt's versions are one number, a million for the major and a thousand for the minor. */
const version = mapped(uhyper, (number) => `${number / 1_000_000n}.${(number / 1000n) % 1000n}.${number % 1000n}`);

/**
 * Every procedure of the daemon that this client offers: its number and the shapes of its arguments and result, from libvirt's
 * remote_protocol.x. The methods of a connection follow from this table; to add one, add a line and a test that calls it.
 */
export const procedures = {
  /** The name of the host that the daemon runs on. */
  hostname: call(59, [], string),
  /** The URI of the hypervisor connection, as the daemon understood it. */
  uri: call(110, [], string),
  /** The version of libvirt there, such as `9.0.0`. */
  libraryVersion: call(157, [], version),
  /** The version of the hypervisor (of QEMU for `qemu:`), such as `7.2.0`. */
  hypervisorVersion: call(4, [], version),
  /** The driver's name, such as `QEMU` or `TEST`. */
  hypervisorType: call(3, [], string),
  /** What host and hypervisor can do, as XML. */
  capabilities: call(7, [], string, { slow: true }),
  /** What guests can have of one kind (emulator, architecture, machine, virtualisation type; absent is the default), as XML. */
  domainCapabilities: call(342, [optional(string), optional(string), optional(string), optional(string), noFlags], string, { slow: true }),
  /** Processor and memory of the host. */
  nodeInfo: call(6, [], nodeInfo),
  /** Free memory of the host, bytes. */
  nodeFreeMemory: call(102, [], size),

  /** The guests; none given means all, flags of one group (such as running, paused) are alternatives. */
  domains: call(273, [wantResults(flags(listFilter))], first(domains, uint)),
  /** Statistics of these guests, or of all when the list is empty; a record of libvirt's field names. */
  domainStats: call(
    344,
    [
      domains,
      flags({
        state: 1,
        'cpu-total': 2,
        balloon: 4,
        vcpu: 8,
        interface: 16,
        block: 32,
        perf: 64,
        iothread: 128,
        memory: 256,
        'dirty-rate': 512,
        vm: 1024,
      }),
      flags({ ...domainFilter, nowait: 0x20000000, backing: 0x40000000, 'enforce-stats': 0x80000000 }),
    ],
    listOf(structOf({ domain, stats: typedRecord }), limits.domains),
  ),
  lookupByName: call(23, [string], domain),
  lookupByUuid: call(24, [uuid], domain),
  lookupById: call(22, [int], domain),

  /** Stores the definition of a guest, new or changed; nothing runs yet. */
  define: call(350, [string, flags({ validate: 1 })], domain),
  undefine: call(
    231,
    [
      domain,
      flags({
        'managed-save': 1,
        'snapshots-metadata': 2,
        nvram: 4,
        'keep-nvram': 8,
        'checkpoints-metadata': 16,
        tpm: 32,
        'keep-tpm': 64,
      }),
    ],
    nothing,
  ),
  /** Starts a defined guest (from its managed save, where there is one); the result has its id. */
  create: call(
    196,
    [domain, flags({ paused: 1, autodestroy: 2, 'bypass-cache': 4, 'force-boot': 8, validate: 16, 'reset-nvram': 32 })],
    domain,
    { slow: true },
  ),
  /** Starts a guest that exists only while it runs. */
  createTransient: call(10, [string, flags({ paused: 1, autodestroy: 2, validate: 16 })], domain, { slow: true }),
  /** Ends the guest at once, like pulling the plug. */
  destroy: call(234, [domain, flags({ graceful: 1, 'remove-logs': 2 })], nothing, { slow: true }),
  /** Asks the guest to end; the reply does not wait for it. */
  shutdown: call(258, [domain, flags(shutdownWay)], nothing),
  /** Asks the guest to reboot; the reply does not wait for it. */
  reboot: call(27, [domain, flags(shutdownWay)], nothing),
  /** Resets the guest's machine at once, like the reset button. */
  reset: call(245, [domain, noFlags], nothing),
  suspend: call(34, [domain], nothing),
  resume: call(28, [domain], nothing),
  /** Sends the guest a non-maskable interrupt. */
  injectNmi: call(210, [domain, noFlags], nothing),
  /** Ends the guest and keeps its memory on disk for the next `create`. */
  managedSave: call(182, [domain, flags({ 'bypass-cache': 1, running: 2, paused: 4 })], nothing, { slow: true }),
  hasManagedSave: call(183, [domain, noFlags], bool),
  managedSaveRemove: call(184, [domain, noFlags], nothing),
  setAutostart: call(29, [domain, bool], nothing),

  /** The definition: that of the running guest, or with `inactive` the stored one. */
  xml: call(14, [domain, flags({ secure: 1, inactive: 2, 'update-cpu': 4, migratable: 8 })], string),
  state: call(212, [domain, noFlags], domainStateWithReason),
  /** State, memory (KiB) and processor time (nanoseconds, the sum over all processors). */
  info: call(16, [domain], structOf({ state: domainState, maxMemoryKib: size, memoryKib: size, vcpus: uint, cpuTimeNs: uhyper })),
  isActive: call(150, [domain], bool),
  isPersistent: call(151, [domain], bool),

  /**
   * Moves a running guest: the daemon connects to that of the other host (its URI) and moves the guest by itself, and goes on if the
   * connection of this client is lost. Parameters are libvirt's: `migrate_uri`, `disks_uri`, `destination_xml`, `persistent_xml`, `bandwidth`.
   */
  migrate: call(
    305,
    [domain, optional(string), typedParams, withoutCookie(flags(migrateWay))],
    mapped(opaque, () => undefined),
    {
      slow: true,
    },
  ),
  /** What the daemon does to the guest in the background, such as a migration, and how far it is; with `completed` the last that ended. */
  jobStats: call(298, [domain, flags({ completed: 1, 'keep-completed': 2 })], structOf({ type: jobType, stats: typedRecord })),
  /** Ends the job of a guest that runs now. */
  abortJob: call(164, [domain], nothing),
  /** How long a migration may stop the guest at its end, in milliseconds. */
  migrateSetMaxDowntime: call(166, [domain, size, noFlags], nothing),
  /** Lets the guest run on the other host before all of its memory is there; only for a migration with `postcopy`. */
  migrateStartPostCopy: call(364, [domain, noFlags], nothing),
  /** Whether the host has a processor, given as XML, or one that can do more. */
  compareCpu: call(158, [string, noFlags], cpuComparison),

  /** Adds the device that the XML describes. */
  attachDevice: call(160, [domain, string, flags(changeScope)], nothing),
  /** Asks for the removal of a device; a running guest has released it only when the event `device-removed` comes. */
  detachDevice: call(161, [domain, string, flags(changeScope)], nothing),
  updateDevice: call(174, [domain, string, flags({ ...changeScope, force: 4 })], nothing),

  /**
   * Begins to copy disks to where the XML says, as they are at this moment, while the guest runs on; the reply does not wait for the end.
   * The second text describes a checkpoint to make with it, or is left undefined.
   */
  backupBegin: call(421, [domain, string, optional(string), flags({ 'reuse-external': 1 })], nothing),

  /** How long the daemon waits for each answer of the guest's agent, in seconds, until it ends. */
  agentSetResponseTimeout: call(420, [domain, int, noFlags], int),
  /** Sets the password of a user; the guest's agent does it. */
  setUserPassword: call(357, [domain, optional(string), optional(string), flags({ encrypted: 1 })], nothing, { slow: true }),
  /** Freezes file systems, all when no mount points are given; the guest's agent does it. Returns how many. */
  fsFreeze: call(335, [domain, list(string, limits.mountPoints), noFlags], int, { slow: true }),
  /** Thaws file systems that were frozen. Returns how many. */
  fsThaw: call(336, [domain, list(string, limits.mountPoints), noFlags], int, { slow: true }),

  /** Opens a console: the device's alias, or undefined for the first; `force` disconnects its current user. */
  openConsole: stream(201, [domain, optional(string), flags({ force: 1, safe: 2 })], nothing),
  /** A picture of a screen (0 is the first); the stream's `result` is the MIME type. */
  screenshot: stream(211, [domain, uint, noFlags], optional(string)),

  /** QEMU's own monitor (JSON, or its human language with `hmp`): for diagnosis, behind libvirt's back. */
  qemuMonitor: call(1, [domain, string, flags({ hmp: 1 })], string, { program: 'qemu' }),
} as const;
