import type { ConsoleAuth } from '../../consoles/api.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { kindOf } from '../../lib/errors/error-type.ts';
import { type ConsoleType, consoleTypes, type OpenedConsole } from '../../objects/console.ts';
import { taskStates } from '../../objects/states.ts';
import type { Policy } from '../../policy/policy.ts';
import { ConsoleNotAccessible, ConsoleTokenNotFound, ConsoleTypeInvalid, ConsoleTypeUnavailable } from './console-errors.ts';
import { ServerNotReady } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { type Beginning, checkMayBegin, hostOf } from './may-begin.ts';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly consoles: Pick<ConsoleAuth, 'authorize' | 'lookUp'>;
}

/** A console as clients ask for it: the protocol to the guest, and what shows it. */
export interface WantedConsole {
  readonly protocol: string;
  readonly type: string;
}

/** Not while the guest leaves its host. */
const toOpen: Beginning = {
  from: 'any',
  during: [null, ...taskStates.filter((task) => task !== 'deleting' && task !== 'migrating')],
  lockable: false,
  needsHost: true,
};

const RULE = 'os_compute_api:os-remote-consoles';
const LOOK_UP = 'os_compute_api:os-console-auth-tokens';

/** Consoles of servers: their addresses for owners, and what is behind them for the proxies of others. */
export class ConsoleApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The address of a console of a server. */
  async open(ctx: Context, id: string, wanted: WantedConsole): Promise<string> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: RULE });
    const type = typeOf(wanted);
    if (type === 'spice-direct') this.#deps.policy.check(ctx, `${RULE}:spice-direct`, { project_id: server.projectId });
    checkMayBegin(ctx, server, toOpen, `get_${wanted.protocol}_console`);
    try {
      const url = await this.#deps.consoles.authorize(ctx, { id: server.id, host: hostOf(server) }, type);
      if (url === undefined) throw ConsoleTypeUnavailable({ type });
      return url;
    } catch (error) {
      // What a host refuses as invalid is the kind of console; what it does not find, or finds in a wrong state, is the guest.
      const kind = kindOf(error);
      if (kind === 'invalid') throw ConsoleTypeUnavailable({ type }, { cause: error });
      throw kind === 'not-found' || kind === 'conflict' ? ServerNotReady({ id }, { cause: error }) : error;
    }
  }

  /** What is behind a token, for a proxy that connects by itself. Its path there is good for one connection. */
  async lookUp(ctx: Context, token: string): Promise<OpenedConsole> {
    this.#deps.policy.check(ctx, LOOK_UP);
    const opened = await this.#deps.consoles.lookUp(ctx, token);
    if (!opened) throw ConsoleTokenNotFound({});
    return opened;
  }

  /** Refuses: only RDP consoles could be looked up at first, and no hypervisor has them any more. */
  lookUpRdp(ctx: Context): never {
    this.#deps.policy.check(ctx, LOOK_UP);
    throw ConsoleNotAccessible({});
  }
}

/** Types that Nova knows for hypervisors that are not here; they are turned off. */
const TURNED_OFF: Readonly<Record<string, string>> = { 'rdp-html5': 'rdp', webmks: 'mks' };

function typeOf({ protocol, type }: WantedConsole): ConsoleType {
  if (TURNED_OFF[type] === protocol) throw ConsoleTypeUnavailable({ type });
  if (!isType(type) || consoleTypes[type] !== protocol) throw ConsoleTypeInvalid({ type });
  return type;
}

const isType = (type: string): type is ConsoleType => Object.hasOwn(consoleTypes, type);
