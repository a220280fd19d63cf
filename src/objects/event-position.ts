/** A reader's position in the event log, as a text that the reader keeps: `<epoch>.<transaction>.<sequence>`. */
import type { Branded } from './ids.ts';

export type EventPosition = Branded<'EventPosition'>;

/** The parts of a position. Transaction ids have 64 bits, which a number cannot hold exactly. */
export interface PositionParts {
  readonly epoch: number;
  readonly transaction: string;
  readonly sequence: number;
}

export const positionOf = ({ epoch, transaction, sequence }: PositionParts): EventPosition =>
  // Seam: this is the one place where positions are made.
  `${epoch}.${transaction}.${sequence}` as EventPosition;

/** The position before the first event. */
export const FIRST_POSITION = positionOf({ epoch: 0, transaction: '0', sequence: 0 });

/** The text form of a position: epoch, transaction and sequence fit the columns that they are compared with. */
export const POSITION_FORM = String.raw`^\d{1,9}\.\d{1,19}\.\d{1,15}$`;
const FORM = new RegExp(POSITION_FORM);

/** Parses a position; undefined when the text is not one. */
export function parsePosition(text: string): EventPosition | undefined {
  // Seam: a text of this form is one.
  return FORM.test(text) ? (text as EventPosition) : undefined;
}

/** The parts of a position. */
export function partsOf(position: EventPosition): PositionParts {
  const [epoch, transaction = '0', sequence] = position.split('.');
  return { epoch: Number(epoch), transaction, sequence: Number(sequence) };
}

/** Who caused an event; nobody for the cloud's own work. */
export interface Initiator {
  readonly userId: string | null;
  readonly projectId: string | null;
}

/** An event as readers of the log see it. */
export interface LoggedEvent {
  /** The position after this event. */
  readonly position: EventPosition;
  /** Orders the events of one subject: the larger sequence is the later event. */
  readonly sequence: number;
  readonly type: string;
  readonly subject: string;
  readonly projectId: string | null;
  readonly requestId: string;
  readonly at: Date;
  /** The resource after the change; for a deletion, before it. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null where the statement that wrote it did not know. */
  readonly initiator: Initiator | null;
}

/** A page of the log. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** The position to continue from; without events, the requested position. */
  readonly next: EventPosition;
}

/** An event as consumers read it, whichever way they do. */
export const eventInJson = ({ position, sequence, type, subject, projectId, requestId, at, payload }: LoggedEvent) => ({
  position,
  sequence,
  type,
  subject,
  project_id: projectId,
  request_id: requestId,
  at: at.toISOString(),
  payload,
});
