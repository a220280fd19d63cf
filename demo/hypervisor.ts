import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { privateHostRequirements } from '../src/virt/libvirt/private-host/requirements.ts';
import { demoFailed } from './demo-failed.ts';
import type { Stage } from './stage.ts';

const INSTALLER = join(import.meta.dirname, '..', 'bin', 'install-hypervisor');

/** What the demo's guests run on: real ones on libvirt, or simulated ones. */
export type Hypervisor = 'libvirt' | 'fake';

/** Takes what NOVA_VIRT_DRIVER says; else real guests where the machine can have them, installing what is missing, and simulated ones elsewhere. */
export async function chooseHypervisor(asked: string | undefined, stage: Stage): Promise<Hypervisor> {
  const { screen } = stage;
  if (asked === 'fake') {
    screen.say('Simulated guests, because NOVA_VIRT_DRIVER=fake.');
    return 'fake';
  }
  const missing = await whatIsMissing(stage);
  stage.signal.throwIfAborted();
  if (missing === undefined) {
    screen.say('Real guests: QEMU under libvirt.');
    return 'libvirt';
  }
  if (asked === 'libvirt') throw demoFailed(`NOVA_VIRT_DRIVER=libvirt, but no hypervisor can run here: ${missing}`);
  screen.say(`No hypervisor can run here: ${missing}`);
  screen.say('Using simulated guests instead (NOVA_VIRT_DRIVER=fake): no real guest boots.');
  return 'fake';
}

/** Why real guests cannot run here, after installing what may be installed; undefined when they can. */
async function whatIsMissing(stage: Stage): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux.';
  const { code, lastWord } = await install(stage);
  if (code !== 0) return lastWord || `bin/install-hypervisor ended with ${code}`;
  const requirements = await privateHostRequirements();
  return requirements.ok ? undefined : requirements.missing;
}

/** Runs the installer, which says what it does and nothing where all is there. It is never cut short: a half-installed package is worse. */
async function install({ screen }: Stage): Promise<{ code: number; lastWord: string }> {
  const installer = spawn(INSTALLER, [], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(installer, 'exit');
  let lastWord = '';
  for await (const line of createInterface(installer.stderr)) {
    // The last line is the reason when it fails; what comes before it is worth reading either way.
    if (lastWord !== '') screen.whisper(lastWord);
    lastWord = line.replace(/^install-hypervisor: /, '');
    if (/^(installing|done)/.test(lastWord)) {
      screen.say(`bin/install-hypervisor: ${lastWord}`);
      lastWord = '';
    }
  }
  const [code] = await exited;
  return { code: Number(code ?? 1), lastWord };
}
