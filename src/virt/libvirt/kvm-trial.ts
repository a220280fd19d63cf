import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock/clock.ts';
import { runTool, toolEnvironment } from './private-host/tool.ts';

// Tests KVM by booting a kernel with it: on some machines /dev/kvm opens but guests hang at their first instructions.

/** The result of a trial; `because` is a sentence for operators. */
export interface TrialResult {
  readonly works: boolean;
  readonly because: string;
}

/** With KVM a kernel boots in a second or two; emulated it takes three. */
const TRIAL_LIMIT_MS = 10_000;

/** How much console output is kept to judge the trial. */
const REMEMBERED_CHARS = 100_000;

/** The kernel's panic without a root file system: by then it has used long mode, paging, timers and interrupts. */
const BOOTED = /Kernel panic - not syncing: VFS|Run \/init as init process/;

/** Boots the kernel with KVM, once for each version of this machine's kernel and QEMU: delete the file in the state directory to repeat the trial. */
export const kvmTrial = async (options: { stateDir: string; kernel: string | undefined; clock: Clock }): Promise<TrialResult> => {
  const kernel = options.kernel ?? (await kernelOfThisMachine());
  if (kernel === undefined) return { works: false, because: 'There is no kernel in /boot to try KVM with.' };
  const file = join(options.stateDir, 'kvm-trial.json');
  const key = `${release()} ${(await runTool('qemu-system-x86_64', ['--version'])).split('\n')[0] ?? ''}`;
  const remembered = await recall(file, key);
  if (remembered) return remembered;
  const result = await trialBoot('kvm', kernel, options.clock);
  await mkdir(options.stateDir, { recursive: true });
  await writeFile(file, `${JSON.stringify({ key, ...result })}\n`);
  return result;
};

/** The running kernel's file, or else the last one by name. */
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
    // Not tried yet, or the file is incomplete.
    return undefined;
  }
};

/** Boots a kernel without a disk until it panics for lack of a root file system, or the timeout expires. */
export const trialBoot = async (accelerator: 'kvm' | 'tcg', kernel: string, clock: Clock): Promise<TrialResult> => {
  const over = new AbortController();
  const machine = `-accel ${accelerator} -cpu max -m 128 -nodefaults -no-reboot -display none -serial stdio`.split(' ');
  const qemu = spawn('qemu-system-x86_64', [...machine, '-kernel', kernel, '-append', 'console=ttyS0 panic=-1'], {
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C at the terminal is for us alone.
    detached: true,
  });
  try {
    let said = '';
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const hear = (chunk: string): void => {
      said = (said + chunk).slice(-REMEMBERED_CHARS);
      if (BOOTED.test(said)) end('');
    };
    for (const output of [qemu.stdout, qemu.stderr]) output.setEncoding('utf8').on('data', hear);
    qemu.once('error', (error) => end(`could not be started: ${error.message}`)).once('close', () => end('ended'));
    clock.sleep(TRIAL_LIMIT_MS, over.signal).then(
      () => end(`had not booted after ${TRIAL_LIMIT_MS / 1000} s`),
      () => {},
    );
    const outcome = await ended;
    if (BOOTED.test(said)) return { works: true, because: `A kernel booted with ${accelerator}.` };
    const lastLine = said.trim().split('\n').at(-1)?.slice(-200).trim() ?? '';
    return { works: false, because: `A kernel did not boot with ${accelerator}: it ${outcome}; its last line: "${lastLine}".` };
  } finally {
    over.abort();
    qemu.kill('SIGKILL');
  }
};
