import type { VmState } from '../../objects/states.ts';
import type { Beginning } from './may-begin.ts';

/** An edit of a server's record that takes no task state: when it may begin, and its name for clients. */
interface Edit extends Beginning {
  readonly words: string;
}

const settled = ['active', 'paused', 'suspended', 'stopped'] as const satisfies readonly VmState[];

const always = { from: 'any', during: 'any', lockable: false } as const;
const onceSettled = { from: settled, during: 'any' } as const;

/** Edit -> row, like the lifecycle rows of operations with a task state (reference: server lifecycle, "Allowed states per action"). */
export const serverEdits = {
  update: { words: 'update', ...always },
  updateMetadata: { words: 'update metadata', ...onceSettled, lockable: true },
  deleteMetadata: { words: 'delete metadata', ...onceSettled, lockable: true },
  updateTags: { words: 'update tags', ...onceSettled, lockable: false },
  updateTag: { words: 'update tag', ...onceSettled, lockable: false },
  deleteTags: { words: 'delete tags', ...onceSettled, lockable: false },
  deleteTag: { words: 'delete tag', ...onceSettled, lockable: false },
  clearPassword: { words: 'clear password', ...always },
} as const satisfies Record<string, Edit>;

export type ServerEdit = keyof typeof serverEdits;
