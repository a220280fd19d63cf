/** What can go wrong between two services, as errors with a kind: callers can distinguish "nobody there", "no answer" and "our own mistake". */
import { errorType } from '../errors/error-type.ts';

/** Which message an error is about. */
export interface MessageName {
  readonly topic: string;
  readonly message: string;
}

/** No answer in time, or the connection was lost while waiting: the handler may or may not have run. */
export const MessagingTimeout = errorType(
  'MessagingTimeout',
  'unavailable',
  (p: MessageName & { timeoutMs: number }) => `No answer to ${p.topic}.${p.message} within ${p.timeoutMs} ms.`,
);

/** No consumer for that host: the message was not sent, so the handler has not run. */
export const NoSuchHost = errorType(
  'NoSuchHost',
  'unavailable',
  (p: MessageName) => `No service answers ${p.topic}.${p.message} at the moment.`,
);

/** The queue, or the sender's own backlog, is at its limit. */
export const MessagingQueueFull = errorType(
  'MessagingQueueFull',
  'unavailable',
  (p: MessageName) => `The queue for ${p.topic}.${p.message} is full.`,
);

/** The bus is closed or could not be reached at all. */
export const MessagingUnavailable = errorType(
  'MessagingUnavailable',
  'unavailable',
  (p: { reason: string }) => `The message bus is unavailable: ${p.reason}.`,
);

/** Parameters or result do not fit the contract: a bug in the sender or in the handler. */
export const MessageInvalid = errorType(
  'MessageInvalid',
  'internal',
  (p: MessageName & { part: 'params' | 'result'; problem: string }) =>
    `The ${p.part} of ${p.topic}.${p.message} do not fit the contract: ${p.problem}.`,
);

/** The receiver does not know the message: it is older than the sender. */
export const MessageUnknown = errorType(
  'MessageUnknown',
  'not-implemented',
  (p: MessageName) => `${p.topic}.${p.message} is not a known message.`,
);

/** The receiver speaks an older contract than the message needs: the message was not sent, or was not understood. */
export const ContractTooOld = errorType(
  'ContractTooOld',
  'not-implemented',
  (p: MessageName & { speaks: number; needs: number }) =>
    `${p.topic}.${p.message} needs contract ${p.needs} of its receiver, which speaks contract ${p.speaks}.`,
);

/** The message or its answer exceeds the size limit. */
export const MessageTooLarge = errorType(
  'MessageTooLarge',
  'over-limit',
  (p: MessageName & { bytes: number; maxBytes: number }) =>
    `${p.topic}.${p.message} has ${p.bytes} bytes; at most ${p.maxBytes} may travel.`,
);
