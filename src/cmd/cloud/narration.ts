import { setNewest } from '../../lib/memo/set-newest.ts';
import type { LoggedEvent } from '../../objects/event-position.ts';

/** Operations that are begun and not ended yet; beyond that the oldest is forgotten. */
const MAX_BEGUN = 1_000;

/** What nobody asked for: services report themselves all the time. */
const SILENT = /^service\./;

/** A line of the narration, without who did it. */
export interface Told {
  readonly at: Date;
  readonly projectId: string | null;
  readonly words: string;
}

/** Turns events into a line for each operation: what, which thing, how long. The parts of a longer operation are not told. */
export class Narration {
  /** When each long operation began, by its request. */
  readonly #begun = new Map<string, Date>();

  tell({ type, subject, at, projectId, requestId, payload }: LoggedEvent): Told | undefined {
    const [resource = '', operation = '', phase] = type.split('.');
    if (phase === 'start') {
      setNewest(this.#begun, [requestId, at], MAX_BEGUN);
      return undefined;
    }
    const began = this.#begun.get(requestId);
    if (SILENT.test(type) || (began && phase === undefined)) return undefined;
    this.#begun.delete(requestId);
    const name = typeof payload['name'] === 'string' && payload['name'] !== '' ? payload['name'] : subject;
    const what = `${inWords(operation)} ${inWords(resource)} ${name}`;
    const seconds = began && `${((at.getTime() - began.getTime()) / 1_000).toFixed(1)} s`;
    if (phase !== 'error') return { at, projectId, words: seconds ? `${what}: done in ${seconds}` : what };
    const because = faultOf(payload);
    return { at, projectId, words: `${what}: failed${seconds ? ` after ${seconds}` : ''}${because && `: ${because}`}` };
  }
}

/** `securityGroup` is "security group", `trigger_crash_dump` is "trigger crash dump". */
const inWords = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

function faultOf({ fault }: LoggedEvent['payload']): string {
  return typeof fault === 'object' && fault !== null && 'message' in fault ? String(fault.message) : '';
}
