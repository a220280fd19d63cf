/** What an event type is: a name, and the snapshot of a resource that its events carry. */
import { type Static, type TObject, Type as t } from '@sinclair/typebox';
import { shown } from './shown.ts';

/** A change of a resource, as it is appended to the event log. */
export interface Event {
  /** `flavor.create`, `server.pause.start`, ... */
  readonly type: string;
  /** The id of the resource. */
  readonly subject: string;
  /** Whose it is; null for what belongs to no project. */
  readonly projectId: string | null;
  readonly payload: object;
}

/** A value as records hold it: a schema says nothing of `readonly`. */
type Held<T> = T extends string | number | boolean | Date | null | undefined
  ? T
  : T extends readonly (infer One)[]
    ? readonly Held<One>[]
    : { readonly [Key in keyof T]: Held<T[Key]> };

/** A kind of resource as events show it. Only the fields of the schema are shown, whatever else a record holds. */
export interface Snapshot<Schema extends TObject> {
  readonly schema: Schema;
  readonly subjectOf: (resource: Held<Static<Schema>>) => string;
  readonly projectOf: (resource: Held<Static<Schema>>) => string | null;
}

/** Declares how events show a kind of resource. */
export const snapshot = <Schema extends TObject>(
  schema: Schema,
  { subjectOf, projectOf }: Omit<Snapshot<Schema>, 'schema'>,
): Snapshot<Schema> => ({ schema, subjectOf, projectOf });

/** Makes an event of the resource as it is after the change or, when it is deleted, as it was before. */
export interface EventType<Schema extends TObject = TObject> {
  (resource: Held<Static<Schema>>): Event;
  readonly type: string;
  readonly payload: Schema;
}

/** Declares a type of events. It needs to be listed nowhere else: the catalogue is what the files of this folder export. */
export const eventType = <Schema extends TObject>(type: string, { schema, subjectOf, projectOf }: Snapshot<Schema>): EventType<Schema> => {
  const event = (resource: Held<Static<Schema>>): Event => ({
    type,
    subject: subjectOf(resource),
    projectId: projectOf(resource),
    // Seam: of a record its schema shows a record.
    payload: shown(schema, resource) as object,
  });
  return Object.assign(event, { type, payload: schema });
};

/** What takes time is told at its start and at its end, which is `end` when it went well and `error` when it did not. */
export interface Operation<Schema extends TObject = TObject> {
  readonly start: EventType<Schema>;
  readonly end: EventType<Schema>;
  readonly error: EventType<Schema>;
}

/** Declares the three types of events of an operation that takes time. */
export const operation = <Schema extends TObject>(name: string, of: Snapshot<Schema>): Operation<Schema> => ({
  start: eventType(`${name}.start`, of),
  end: eventType(`${name}.end`, of),
  error: eventType(`${name}.error`, of),
});

/** A time: a Date in records, a text in the log. */
export const time = () => t.Unsafe<Date>({ type: 'string', format: 'date-time' });

/** A value or null. */
export const orNull = <Schema extends Parameters<typeof t.Union>[0][number]>(schema: Schema) => t.Union([schema, t.Null()]);

/** One of some words. */
export const word = <Word extends string>() => t.Unsafe<Word>({ type: 'string' });
