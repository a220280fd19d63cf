import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock/clock.ts';
import { runTool, toolEnvironment } from './private-host/tool.ts';

// Whether KVM works, found out by booting a kernel with it: some machines open /dev/kvm and then never get past a guest's first steps.

/** What a trial showed; `because` is a sentence for operators. */
export interface TrialResult {
  readonly works: boolean;
  readonly because: string;
}

/** With KVM a kernel is through in two seconds, on a busy machine in ten. */
const TRIAL_LIMIT_MS = 20_000;

/** The kernel's last words without a root file system: by then it has used long mode, paging, timers and interrupts. */
const CAME_THROUGH = /Kernel panic - not syncing: VFS|Run \/init as init process/;

/** Boots the kernel with KVM, once for each version of this machine's kernel and QEMU. */
export const kvmTrial = async (options: { stateDir: string; kernel: string | undefined; clock: Clock }): Promise<TrialResult> => {
  const kernel = options.kernel ?? (await kernelOfThisMachine());
  if (kernel === undefined) return { works: false, because: 'There is no kernel in /boot to try KVM with.' };
  const file = join(options.stateDir, 'kvm-trial.json');
  const key = `${release()} ${(await runTool('qemu-system-x86_64', ['--version'])).split('\n')[0] ?? ''}`;
  const remembered = await recall(file, key);
  if (remembered) return remembered;
  const result = await boot(kernel, options.clock);
  await mkdir(options.stateDir, { recursive: true });
  await writeFile(file, `${JSON.stringify({ key, ...result })}\n`);
  return result;
};

/** The running kernel's file, or else the one whose name sorts last. */
const kernelOfThisMachine = async (): Promise<string | undefined> => {
  const names: readonly string[] = await readdir('/boot').catch(() => []);
  const kernels = names.filter((name) => name.startsWith('vmlinuz')).sort();
  const name = kernels.find((name) => name === `vmlinuz-${release()}`) ?? kernels.at(-1);
  return name === undefined ? undefined : join('/boot', name);
};

const recall = async (file: string, key: string): Promise<TrialResult | undefined> => {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof kept !== 'object' || kept === null || !('key' in kept) || !('works' in kept) || !('because' in kept)) return undefined;
    return kept.key === key && typeof kept.works === 'boolean' ? { works: kept.works, because: String(kept.because) } : undefined;
  } catch {
    // Never tried here, or not written to the end.
    return undefined;
  }
};

const boot = async (kernel: string, clock: Clock): Promise<TrialResult> => {
  const over = new AbortController();
  const machine = '-accel kvm -cpu host -m 128 -nodefaults -no-reboot -display none -serial stdio'.split(' ');
  const qemu = spawn('qemu-system-x86_64', [...machine, '-kernel', kernel, '-append', 'console=ttyS0 panic=-1'], {
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<string>((resolve) => {
    const hear = (chunk: string): void => {
      said = (said + chunk).slice(-100_000);
      if (CAME_THROUGH.test(said)) resolve('came through');
    };
    qemu.stdout.setEncoding('utf8').on('data', hear);
    qemu.stderr.setEncoding('utf8').on('data', hear);
    qemu.once('error', (error) => resolve(error.message)).once('close', () => resolve('ended'));
  });
  const late = clock.sleep(TRIAL_LIMIT_MS, over.signal).then(
    () => `said nothing more within ${TRIAL_LIMIT_MS / 1000} s`,
    () => 'ended',
  );
  const outcome = await Promise.race([ended, late]);
  over.abort();
  qemu.kill('SIGKILL');
  if (CAME_THROUGH.test(said)) return { works: true, because: 'A kernel booted with KVM.' };
  const lastLine = said.trim().split('\n').at(-1)?.trim() ?? '';
  return { works: false, because: `A kernel did not boot with KVM: it ${outcome}; its last line: ${JSON.stringify(lastLine.slice(-200))}` };
};
