import type { Static, TSchema } from '@sinclair/typebox';
import type { ServerId } from '../../objects/ids.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VirtDriver } from '../../virt/driver.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { TransitionName } from '../lifecycle.ts';

/** What an action has to work with on the host. */
export interface OnHost<B> {
  readonly driver: VirtDriver;
  readonly serverId: ServerId;
  readonly body: B;
  /** How long a guest may take to obey, in milliseconds (`shutdown_timeout`). */
  readonly graceMs: number;
  /** Aborts when the guest is wanted for something else, or the service stops. */
  readonly signal: AbortSignal;
}

interface Declared<B extends TSchema> {
  /** One sentence for docs and OpenAPI. */
  readonly summary: string;
  readonly policy: PolicyRule;
  /** POST /servers/{id}/action {key: body}. */
  readonly rest: { readonly key: string; readonly body: B; readonly since?: Microversion; readonly until?: Microversion };
  onHost(work: OnHost<Static<B>>): Promise<void>;
}

/** A thing that can be done to a server: who may, how it is asked for, what happens on the host. Its states are rows of the lifecycle. */
export interface ServerAction<B extends TSchema = TSchema> extends Declared<B> {
  /** The name in os-instance-actions and on the queue. */
  readonly name: string;
  transitionFor(body: Static<B>): TransitionName;
}

/** An action whose name is no lifecycle row must say which row a body asks for. */
type WhichRow<N extends string, B extends TSchema> = N extends TransitionName
  ? { readonly transitionFor?: never }
  : { readonly transitionFor: (body: Static<B>) => TransitionName };

/** Declares an action. It does not compile without its lifecycle row. */
export function serverAction<const N extends string, B extends TSchema>(
  name: N,
  declared: Declared<B> & WhichRow<N, B>,
): ServerAction<B> & { readonly name: N } {
  // Without a function the name is a row: WhichRow saw to it.
  const transitionFor = declared.transitionFor ?? (() => name as TransitionName);
  return { ...declared, name, transitionFor };
}
