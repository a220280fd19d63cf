/** The receiver's side of a contract: decodes, checks, runs the manager's method once per message, encodes the answer or the error. */
import type { Context } from '../context/context.ts';
import { invariant } from '../errors/invariant.ts';
import { kindOf, messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { Bus, Serving } from './bus.ts';
import { problemOf } from './checker.ts';
import type { Contract, Manager, Message, Messages, Target } from './contract.ts';
import { decodeRequest, encodeFailure, encodeResult, type Request } from './envelope.ts';
import { CONCURRENCY } from './limits.ts';
import { MessageInvalid, MessageUnknown, type MessageName } from './messaging-errors.ts';
import { fitResult } from './result.ts';
import { noTrace, type RpcTrace } from './trace.ts';

/** How a service listens: `host` is its name where the contract has messages to a host; `concurrency` counts handlers per queue. */
export interface ServeOptions {
  readonly host?: string;
  readonly concurrency?: number;
  readonly log: Log;
  readonly trace?: RpcTrace;
}

/** Starts answering the contract's messages; resolves when the queues are listened to. */
export async function serve<M extends Messages>(
  bus: Bus,
  contract: Contract<M>,
  manager: Manager<Contract<M>>,
  options: ServeOptions,
): Promise<Serving> {
  const targets = [...new Set(Object.values(contract.messages).map((message) => message.to))];
  invariant(!targets.includes('host') || options.host, `${contract.topic} has messages to a host, so whoever serves it names its host`);
  const desk = new Desk(bus, contract, manager, options);
  return bus.consume({
    topic: contract.topic,
    targets,
    host: options.host,
    concurrency: options.concurrency ?? CONCURRENCY,
    answer: (body, target) => desk.answer(body, target),
  });
}

type Handler = (ctx: Context, params: unknown) => Promise<unknown>;

/** Answers the messages of one serving. */
class Desk {
  readonly #bus: Bus;
  readonly #contract: Contract<Messages>;
  readonly #manager: object;
  readonly #log: Log;
  readonly #trace: RpcTrace;
  /** Every serving gets a fan-out message once, also when several live in one process. */
  readonly #servingId: string;

  constructor(bus: Bus, contract: Contract<Messages>, manager: object, options: ServeOptions) {
    this.#bus = bus;
    this.#contract = contract;
    this.#manager = manager;
    this.#log = options.log;
    this.#trace = options.trace ?? noTrace;
    this.#servingId = bus.messageId();
  }

  async answer(body: string, target: Target): Promise<string> {
    let request: Request;
    try {
      request = decodeRequest(this.#contract.topic, body);
    } catch (error) {
      this.#log.error({ topic: this.#contract.topic, err: error }, 'a message that is none was dropped');
      return encodeFailure({ topic: this.#contract.topic, message: '?' }, error);
    }
    const key = target === 'all' ? `${this.#servingId}/${request.id}` : request.id;
    return this.#bus.answers.once(key, () => this.#run(request));
  }

  async #run(request: Request): Promise<string> {
    const of = { topic: this.#contract.topic, message: request.name };
    // Own names only: a sender may not reach `constructor`.
    const message = Object.hasOwn(this.#contract.messages, request.name) ? this.#contract.messages[request.name] : undefined;
    try {
      if (!message) throw MessageUnknown(of);
      const problem = problemOf(message.params, request.params);
      if (problem !== undefined) throw MessageInvalid({ ...of, part: 'params', problem });
      const result = await this.#handle(of, request);
      return encodeResult(of, fitResult(of, message, result));
    } catch (error) {
      this.#report(of, message, request.ctx, error);
      return encodeFailure(of, error);
    }
  }

  #handle(of: MessageName, { name, ctx, params }: Request): Promise<unknown> {
    // Seam: `Manager` promised, when serve was compiled, a method per message that takes these checked parameters.
    const handler = Reflect.get(this.#manager, name) as Handler;
    return this.#trace.around({ service: of.topic, what: of.message, ctx }, async (inner) => handler.call(this.#manager, inner, params));
  }

  /** The caller of a call is told and decides; nobody hears of a failed cast but the log. */
  #report(of: MessageName, message: Message | undefined, ctx: Context, error: unknown): void {
    const fields = { ...of, requestId: ctx.requestId, kind: kindOf(error), err: error };
    const what = `${message?.kind ?? 'message'} failed: ${messageOf(error)}`;
    if (kindOf(error) === 'internal') this.#log.error(fields, what);
    else if (message?.kind === 'call') this.#log.debug(fields, what);
    else this.#log.warn(fields, what);
  }
}
