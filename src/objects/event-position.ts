/** How far somebody has read the event log, as a text that they keep: `<epoch>.<transaction>.<sequence>`. */
import type { Branded } from './ids.ts';

export type EventPosition = Branded<'EventPosition'>;

/** The parts of a position; a transaction has 64 bits, which a number cannot hold exactly. */
export interface PositionParts {
  readonly epoch: number;
  readonly transaction: string;
  readonly sequence: number;
}

export const positionOf = ({ epoch, transaction, sequence }: PositionParts): EventPosition =>
  // Seam: this is the one place where positions are made.
  `${epoch}.${transaction}.${sequence}` as EventPosition;

/** Before every event. */
export const FIRST_POSITION = positionOf({ epoch: 0, transaction: '0', sequence: 0 });

/** How a position is written: epoch, transaction and sequence fit the columns that they are compared with. */
export const POSITION_FORM = String.raw`^\d{1,9}\.\d{1,19}\.\d{1,15}$`;
const FORM = new RegExp(POSITION_FORM);

/** The position that a text stands for; undefined when it is none. */
export function parsePosition(text: string): EventPosition | undefined {
  // Seam: a text of this form is one.
  return FORM.test(text) ? (text as EventPosition) : undefined;
}

/** The parts of a position. */
export function partsOf(position: EventPosition): PositionParts {
  const [epoch, transaction = '0', sequence] = position.split('.');
  return { epoch: Number(epoch), transaction, sequence: Number(sequence) };
}

/** An event as those read it who follow the log. */
export interface LoggedEvent {
  /** What to read on from after this one. */
  readonly position: EventPosition;
  /** Of two events of one subject, the one with the larger sequence is the later. */
  readonly sequence: number;
  readonly type: string;
  readonly subject: string;
  readonly projectId: string | null;
  readonly requestId: string;
  readonly at: Date;
  /** The resource after the change or, where it was deleted, before. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A page of the log. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** What to read on from; where there are no events, the position that was asked for. */
  readonly next: EventPosition;
}
