/** A chaos client's session: it classifies each answer as a promise, a refusal or a breach. */
import type { Ids } from '../../src/lib/clock/ids.ts';
import type { PortName } from '../../src/cmd/nova-config.ts';
import type { Answer } from '../support/ask.ts';
import type { Ledger } from './ledger.ts';
import type { StubbornClient } from './stubborn-client.ts';

/** A project with what its servers need. */
export interface Tenant {
  readonly name: string;
  readonly imageId: string;
  readonly flavorId: string;
  /** One to which its servers can be resized. */
  readonly largerFlavorId: string;
  readonly networkId: string;
  readonly keypair: string;
}

/** One client. */
export interface Session {
  /** The client's number. */
  readonly number: number;
  readonly tenant: Tenant;
  readonly client: StubbornClient;
  readonly admin: StubbornClient;
  readonly ledger: Ledger;
  /** The random stream of this operation. */
  readonly chance: Ids;
  /** Makes a unique name. */
  name(what: string): string;
}

/** One request of an operation. */
interface Asked {
  readonly by?: 'client' | 'admin';
  readonly service: PortName;
  /** The version of the API, if not the one that the clients speak. */
  readonly version?: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Statuses of legitimate refusals, as when the server was busy. */
  readonly mayRefuse?: readonly number[];
  /** It cannot be repeated, so a lost answer stays unknown. */
  readonly once?: boolean;
}

/** Sends a request. @returns the answer if it was a promise, undefined if it was refused or is unknown */
export async function askFor(session: Session, operation: string, asked: Asked): Promise<Answer | undefined> {
  const { by = 'client', service, version, method, path, body, mayRefuse = [409], once = false } = asked;
  const { ledger } = session;
  const answer = once
    ? await session[by].askOnce(service, method, path, body)
    : await session[by].ask(service, method, path, body, version).then((told) => {
        ledger.noteUnanswered(told.before);
        return told.answer;
      });
  if (answer === undefined) return undefined;
  if (answer.status < 300) {
    ledger.countAccepted(operation);
    return answer;
  }
  const said = `${answer.status} ${JSON.stringify(answer.body)}`;
  ledger.countRefused(operation, said);
  if (!mayRefuse.includes(answer.status)) ledger.surprises.push(`${operation}: ${method} ${path} was answered ${said}`);
  return undefined;
}
