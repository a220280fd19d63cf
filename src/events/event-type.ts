/** An event type: a name, and the snapshot of a resource that its events carry. */
import { type Static, type TObject, Type as t } from '@sinclair/typebox';
import { shown } from './shown.ts';

/** A change of a resource, as it is appended to the event log. */
export interface Event {
  /** `flavor.create`, `server.pause.start`, ... */
  readonly type: string;
  /** The id of the resource. */
  readonly subject: string;
  /** The owning project; null for resources without one. */
  readonly projectId: string | null;
  readonly payload: object;
}

/** The readonly form of a schema's type, as records have it. */
type Held<T> = unknown extends T
  ? T
  : T extends string | number | boolean | Date | null | undefined
    ? T
    : T extends readonly (infer One)[]
      ? readonly Held<One>[]
      : { readonly [Key in keyof T]: Held<T[Key]> };

/** How events show a kind of resource: only the fields of the schema, whatever else a record has. */
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

/** Makes an event from the resource as it is after the change or, for a deletion, as it was before. */
export interface EventType<Schema extends TObject = TObject> {
  (resource: Held<Static<Schema>>): Event;
  readonly type: string;
  readonly payload: Schema;
}

/** Declares an event type. The catalogue finds it among the exports of this folder. */
export const eventType = <Schema extends TObject>(type: string, { schema, subjectOf, projectOf }: Snapshot<Schema>): EventType<Schema> => {
  const event = (resource: Held<Static<Schema>>): Event => ({
    type,
    subject: subjectOf(resource),
    projectId: projectOf(resource),
    // Seam: the schema of a record yields a record.
    payload: shown(schema, resource) as object,
  });
  return Object.assign(event, { type, payload: schema });
};

/** Work that takes time has an event at its start and one at its end: `end` on success, `error` on failure. */
export interface Operation<Schema extends TObject = TObject> {
  readonly start: EventType<Schema>;
  readonly end: EventType<Schema>;
  readonly error: EventType<Schema>;
}

/** Declares the three event types of an operation that takes time. */
export const operation = <Schema extends TObject>(name: string, of: Snapshot<Schema>): Operation<Schema> => ({
  start: eventType(`${name}.start`, of),
  end: eventType(`${name}.end`, of),
  error: eventType(`${name}.error`, of),
});

/** A Date in records, a text in the log. */
export const time = () => t.Unsafe<Date>({ type: 'string', format: 'date-time' });

/** A value or null. */
export const orNull = <Schema extends Parameters<typeof t.Union>[0][number]>(schema: Schema) => t.Union([schema, t.Null()]);

/** One of some strings. */
export const word = <Word extends string>() => t.Unsafe<Word>({ type: 'string' });
