/** The receiver's side of a contract: decodes, checks, runs the manager's method once per message, encodes the answer or the error. */
import type { Context } from '../context/context.ts';
import { invariant } from '../errors/invariant.ts';
import { kindOf, messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { Bus, Serving } from './bus.ts';
import { problemOf } from './checker.ts';
import { type Contract, FIRST_NUMBER, type Manager, type Message, type Messages, type Target } from './contract.ts';
import { decodeRequest, encodeFailure, encodeResult, type Request } from './envelope.ts';
import { CONCURRENCY } from './limits.ts';
import { ContractTooOld, MessageInvalid, MessageUnknown, type MessageName } from './messaging-errors.ts';
import { fitResult } from './result.ts';
import { noTrace, type RpcTrace } from './trace.ts';

/** Options of a service: `host` is its name, for contracts with messages to a host; `concurrency` limits the handlers per queue. */
export interface ServeOptions {
  readonly host?: string;
  readonly concurrency?: number;
  readonly log: Log;
  readonly trace?: RpcTrace;
  /**
   *    * Called for each task that cannot report for itself: its message is unknown, its parameters do not fit, or its handler threw.
   * The message counts as answered when this resolves. It must not reject.
   */
  readonly onTaskRefused?: (ctx: Context, taskId: string, error: unknown) => Promise<void>;
}

/** Starts answering the contract's messages; resolves when the queues are being consumed. */
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
  readonly #onTaskRefused: ServeOptions['onTaskRefused'];
  /** Each serving gets a fan-out message once, even with several in one process. */
  readonly #servingId: string;

  constructor(bus: Bus, contract: Contract<Messages>, manager: object, options: ServeOptions) {
    this.#bus = bus;
    this.#contract = contract;
    this.#manager = manager;
    this.#log = options.log;
    this.#trace = options.trace ?? noTrace;
    this.#onTaskRefused = options.onTaskRefused;
    this.#servingId = bus.messageId();
  }

  async answer(body: string, target: Target): Promise<string> {
    let request: Request;
    try {
      request = decodeRequest(this.#contract.topic, body);
    } catch (error) {
      this.#log.error({ topic: this.#contract.topic, err: error }, 'dropped a message that cannot be decoded');
      return encodeFailure({ topic: this.#contract.topic, message: '?' }, error);
    }
    const key = target === 'all' ? `${this.#servingId}/${request.id}` : request.id;
    return this.#bus.answers.once(key, () => this.#run(request));
  }

  async #run(request: Request): Promise<string> {
    const of = { topic: this.#contract.topic, message: request.name };
    // Own properties only: a sender must not reach `constructor`.
    const message = Object.hasOwn(this.#contract.messages, request.name) ? this.#contract.messages[request.name] : undefined;
    try {
      const known = this.#understood(of, message, request);
      const result = await this.#handle(of, request);
      return encodeResult(of, known.kind === 'call' ? fitResult(of, known.returns, result) : undefined);
    } catch (error) {
      this.#report(of, message, request.ctx, error);
      const taskId = taskIdOf(message, request.params);
      if (taskId !== undefined) await this.#onTaskRefused?.(request.ctx, taskId, error);
      return encodeFailure(of, error);
    }
  }

  /** The declaration of the message, if its parameters fit. If the sender is newer, the error names both contract numbers. */
  #understood(of: MessageName, message: Message | undefined, request: Request) {
    const problem = message && problemOf(message.params, request.params);
    if (message && problem === undefined) return message;
    const error = problem === undefined ? MessageUnknown(of) : MessageInvalid({ ...of, part: 'params', problem });
    const { number: speaks = FIRST_NUMBER } = this.#contract;
    const { contract: needs = FIRST_NUMBER } = request;
    throw needs > speaks ? ContractTooOld({ ...of, speaks, needs }, { cause: error }) : error;
  }

  #handle(of: MessageName, { name, ctx, params }: Request): Promise<unknown> {
    // Seam: `Manager` promised, when serve was compiled, a method per message that takes these checked parameters.
    const handler = Reflect.get(this.#manager, name) as Handler;
    return this.#trace.around({ service: of.topic, what: of.message, ctx }, async (inner) => handler.call(this.#manager, inner, params));
  }

  /** A call's caller gets the error and decides; a failed cast is only logged. */
  #report(of: MessageName, message: Message | undefined, ctx: Context, error: unknown): void {
    const fields = { ...of, requestId: ctx.requestId, kind: kindOf(error), err: error };
    const what = `${message?.kind ?? 'message'} failed: ${messageOf(error)}`;
    if (kindOf(error) === 'internal') this.#log.error(fields, what);
    else if (message?.kind === 'call') this.#log.debug(fields, what);
    else this.#log.warn(fields, what);
  }
}

/** The id of the task that a message asks for. An unknown message counts as a task when it looks like one. */
function taskIdOf(message: Message | undefined, params: unknown): string | undefined {
  if (message && message.kind !== 'task') return undefined;
  const taskId: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'taskId') : undefined;
  return typeof taskId === 'string' ? taskId : undefined;
}
