import type { Context } from '../../lib/context/context.ts';
import type { FileOffers } from '../../lib/handover/file-offers.ts';
import type { Manager } from '../../lib/rpc/contract.ts';
import type { RpcTrace } from '../../lib/rpc/trace.ts';
import type { Unplugging, VirtDriver } from '../../virt/driver.ts';
import type { computeRpc } from '../rpcapi.ts';
import type { BuildSlots } from './build-slots.ts';
import type { ConsoleDoors } from './console-doors.ts';
import type { TaskRunner } from './task-runner.ts';

/** What a compute host works with. */
export interface ComputeDeps {
  readonly driver: VirtDriver;
  readonly tasks: TaskRunner;
  readonly builds: BuildSlots;
  /** Limits the concurrent snapshots (`max_concurrent_snapshots`). */
  readonly snapshots: BuildSlots;
  /** How long a guest may take to shut down, in milliseconds (`shutdown_timeout`). */
  readonly graceMs: number;
  /** Hands guests over to other hosts. */
  readonly offers: FileOffers;
  /** Lets proxies in to consoles. */
  readonly doors: ConsoleDoors;
  /** How a guest is asked to release a device (`device_detach_attempts`, `device_detach_timeout`). */
  readonly unplugging: Omit<Unplugging, 'signal'>;
  /** Compares the guests with the books. */
  readonly compareGuests: () => Promise<void>;
  /** Records driver calls as hops of the request. */
  readonly trace: RpcTrace;
}

/** The answers to all messages to compute hosts. */
export type ComputeManager = Manager<typeof computeRpc>;

/** Runs a call of the hypervisor as a hop of its request. */
export type ByDriver = <T>(ctx: Context, what: string, run: () => Promise<T>) => Promise<T>;
