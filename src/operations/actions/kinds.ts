/** Groups the server actions by how they are carried out. */
import type { Static, TSchema } from '@sinclair/typebox';
import type { WorkflowRef } from '../../lib/workflow/workflow.ts';
import { serverActions, type ServerActionName } from './index.ts';
import type { Does, ServerAction } from './server-action.ts';

type Actions = typeof serverActions;

/** The names of the actions of one kind. */
type NamesOf<Way> = { [K in ServerActionName]: Actions[K]['does'] extends Way ? K : never }[ServerActionName];

/** Actions that run as a task on the server's host. */
export type HostActionName = NamesOf<{ readonly onHost: unknown }>;
/** Actions that the server's host answers synchronously. */
export type QuestionName = NamesOf<{ readonly ask: unknown }>;
/** Actions with a workflow of their own. */
export type WorkflowActionName = NamesOf<{ readonly workflow: unknown }>;

export type InputOf<N extends ServerActionName> = Static<Actions[N]['input']>;
export type AnswerOf<N extends QuestionName> = Static<Actions[N]['does']['returns']>;
/** The input of the workflow that an action starts. */
export type WorkOf<N extends WorkflowActionName> = Actions[N]['does']['workflow'] extends WorkflowRef<infer Work> ? Work : never;

type Kind = 'onHost' | 'onRecord' | 'workflow' | 'ask';

/** A row of the table with its kind known. */
export type ActionOf<K extends Kind> = ServerAction<TSchema, Extract<Does<never>, Record<K, unknown>>>;

/** Looks up a declaration by name. */
// Seam: rows have different types; the mapped types above restore the right one by name.
export const actionOf = (name: ServerActionName): ServerAction =>
  (serverActions as Readonly<Record<string, unknown>>)[name] as ServerAction;

const ofKind = <K extends Kind>(kind: K): readonly ActionOf<K>[] =>
  // Seam: as above.
  Object.values<unknown>(serverActions).filter((action) => kind in (action as ServerAction).does) as readonly ActionOf<K>[];

export const hostActions = ofKind('onHost');
export const questions = ofKind('ask');
