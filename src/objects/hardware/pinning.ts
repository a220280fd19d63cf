/** Whether a guest has CPUs of its host for itself, and which of its own. */
import { type Asked, choice } from './asked.ts';
import { cpusIn } from './cpu-list.ts';
import { HardwareInvalid } from './errors.ts';

const policies = ['shared', 'dedicated', 'mixed'] as const;
const threadPolicies = ['prefer', 'isolate', 'require'] as const;
const emulatorPolicies = ['share', 'isolate'] as const;

/** How a guest's CPUs are run. */
export interface CpuPinning {
  readonly cpuPolicy: (typeof policies)[number];
  /** Whether its CPUs may share a core with each other, or with others. */
  readonly threadPolicy: (typeof threadPolicies)[number] | undefined;
  /** Where QEMU's own threads run. */
  readonly emulatorThreads: (typeof emulatorPolicies)[number] | undefined;
  /** Its CPUs with one of the host for themselves. */
  readonly dedicated: readonly number[];
  /** Those of them that the host's scheduler prefers to all else. */
  readonly realtime: readonly number[];
}

/** Reads what flavor and image ask for. */
export function pinningOf(asked: Asked): CpuPinning {
  const cpuPolicy = policyOf(asked);
  const emulatorThreads = choice(asked.agreed('hw:emulator_threads_policy', 'hw_emulator_threads_policy'), ...emulatorPolicies);
  if (emulatorThreads === 'isolate' && cpuPolicy !== 'dedicated')
    throw HardwareInvalid({ because: 'An isolated CPU emulator threads option requires a dedicated CPU policy option.' });
  const all = Array.from({ length: cpuPolicy === 'shared' ? 0 : asked.vcpus }, (_, cpu) => cpu);
  const realtime = realtimeOf(asked, { cpuPolicy, emulatorThreads, all });
  return {
    cpuPolicy,
    threadPolicy: threadPolicyOf(asked, cpuPolicy),
    emulatorThreads,
    dedicated: dedicatedOf(asked, { cpuPolicy, all, realtime }),
    realtime,
  };
}

type Policy = CpuPinning['cpuPolicy'];

/** The image can ask for more than a flavor that is silent; where the flavor speaks, it has the last word. */
function policyOf(asked: Asked): Policy {
  const [flavor, image] = [choice(asked.spec('hw:cpu_policy'), ...policies), choice(asked.property('hw_cpu_policy'), ...policies)];
  const forbidden: Readonly<Partial<Record<Policy, readonly Policy[]>>> = { mixed: ['dedicated'], shared: ['mixed', 'dedicated'] };
  if (flavor && image && forbidden[flavor]?.includes(image))
    throw HardwareInvalid({
      because: "Image property 'hw_cpu_policy' is not permitted to override CPU pinning policy set against the flavor",
    });
  return flavor ?? image ?? 'shared';
}

function threadPolicyOf(asked: Asked, cpuPolicy: Policy): CpuPinning['threadPolicy'] {
  const flavor = choice(asked.spec('hw:cpu_thread_policy'), ...threadPolicies);
  const image = choice(asked.property('hw_cpu_thread_policy'), ...threadPolicies);
  if (flavor && flavor !== 'prefer' && image && image !== flavor)
    throw HardwareInvalid({
      because: "Image property 'hw_cpu_thread_policy' is not permitted to override CPU thread pinning policy set against the flavor",
    });
  const policy = image ?? flavor;
  if (policy && cpuPolicy === 'shared')
    throw HardwareInvalid({ because: 'Cannot set cpu thread pinning policy in a non dedicated cpu pinning policy' });
  return policy;
}

interface Basis {
  readonly cpuPolicy: Policy;
  readonly all: readonly number[];
}

function realtimeOf(asked: Asked, { cpuPolicy, emulatorThreads, all }: Basis & Pick<CpuPinning, 'emulatorThreads'>): readonly number[] {
  const mask = asked.spec('hw:cpu_realtime_mask') ?? asked.freeProperty('hw_cpu_realtime_mask');
  if (asked.flag('hw:cpu_realtime') !== true) return [];
  if (cpuPolicy === 'shared') throw HardwareInvalid({ because: 'Cannot set realtime policy in a non dedicated cpu pinning policy' });
  if (mask === undefined) {
    if (emulatorThreads === undefined || cpuPolicy === 'mixed')
      throw HardwareInvalid({ because: 'Realtime CPUs need hw:cpu_realtime_mask, or a policy for emulator threads with dedicated CPUs.' });
    return all;
  }
  return masked('hw:cpu_realtime_mask', mask, all);
}

function dedicatedOf(asked: Asked, { cpuPolicy, all, realtime }: Basis & Pick<CpuPinning, 'realtime'>): readonly number[] {
  const mask = asked.spec('hw:cpu_dedicated_mask');
  if (mask !== undefined && cpuPolicy !== 'mixed') throw HardwareInvalid({ because: 'hw:cpu_dedicated_mask needs the CPU policy mixed.' });
  if (cpuPolicy !== 'mixed') return all;
  if (mask !== undefined && realtime.length > 0)
    throw HardwareInvalid({ because: 'hw:cpu_dedicated_mask cannot be combined with hw:cpu_realtime_mask.' });
  const dedicated = mask === undefined ? realtime : masked('hw:cpu_dedicated_mask', mask, all);
  if (dedicated.length === 0 || dedicated.length === all.length)
    throw HardwareInvalid({
      because: 'The CPU policy mixed needs hw:cpu_dedicated_mask or hw:cpu_realtime_mask, with some CPUs but not all.',
    });
  return dedicated;
}

/** The CPUs of a mask; one that only excludes means all others. */
function masked(name: string, mask: string, all: readonly number[]): readonly number[] {
  const onlyExcludes = mask.split(',').every((part) => part.trim().startsWith('^'));
  const chosen = cpusIn(name, onlyExcludes && all.length > 0 ? `0-${all.length - 1},${mask}` : mask);
  const beyond = chosen.find((cpu) => cpu >= all.length);
  if (beyond !== undefined)
    throw HardwareInvalid({ because: `${name} has CPU ${beyond}, and the flavor has CPUs 0 to ${all.length - 1}.` });
  return chosen;
}
