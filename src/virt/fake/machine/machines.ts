import type { ServerId } from '../../../objects/ids.ts';
import type { ConsoleKind } from '../../../objects/console.ts';
import type { GuestConsole } from '../../driver.ts';
import { GuestInWrongState } from '../../errors.ts';
import type { FakeGuest } from '../guest-files.ts';
import { Machine } from './machine.ts';

/** The machines of a simulated host: each begins with its first viewer and ends with its guest. */
export class Machines {
  readonly #machines = new Map<ServerId, { readonly machine: Machine; readonly boots: number }>();

  /** A console of a guest that runs. */
  console(guest: FakeGuest, kind: ConsoleKind): GuestConsole {
    const { serverId } = guest.spec;
    if (!isOn(guest)) throw GuestInWrongState({ serverId, state: guest.power, wanted: 'running' });
    return {
      open: async () => {
        const machine = this.#of(guest);
        if (kind === 'serial') return machine.openSerial();
        return kind === 'vnc' ? machine.openScreen() : machine.openSpice();
      },
    };
  }

  /** What was typed and shown on the consoles of a guest since it booted. */
  transcriptOf(serverId: ServerId): string {
    return this.#machines.get(serverId)?.machine.transcript ?? '';
  }

  /** Follows a guest that has changed, or is gone from this host. */
  follow(serverId: ServerId, guest: FakeGuest | undefined): void {
    const running = this.#machines.get(serverId);
    if (!running || (guest && isOn(guest) && guest.boots === running.boots)) return;
    this.#machines.delete(serverId);
    running.machine.end();
  }

  close(): void {
    for (const serverId of this.#machines.keys()) this.follow(serverId, undefined);
  }

  #of({ spec, boots, console }: FakeGuest): Machine {
    const running = this.#machines.get(spec.serverId);
    if (running?.boots === boots) return running.machine;
    running?.machine.end();
    const machine = new Machine({ name: spec.displayName, id: spec.serverId, hostname: spec.hostname, printed: console });
    this.#machines.set(spec.serverId, { machine, boots });
    return machine;
  }
}

const isOn = ({ power }: FakeGuest): boolean => power === 'running' || power === 'paused';
