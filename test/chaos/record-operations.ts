/** Operations on a server's record only: name, metadata, tags, lock. */
import { serverEdits } from '../../src/compute/servers/server-edits.ts';
import { lifecycle } from '../../src/operations/lifecycle.ts';
import { pick } from '../support/schema-samples.ts';
import type { PromisedServer } from './ledger.ts';
import type { ServerOperation } from './server-operation.ts';
import { askFor, type Session } from './session.ts';

interface Edit {
  readonly name: string;
  /** Its route: method, path below the server, and key of an action. */
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly below: string;
  readonly action?: string;
  readonly edit: keyof typeof rows;
  readonly weight?: number;
  /** The body to send and the expected record; undefined if there is nothing to do. */
  plan(session: Session, record: PromisedServer['record']): { path: string; body?: unknown; accepted(): void } | undefined;
}

/** The states in which each is allowed. */
const rows = { ...serverEdits, lock: lifecycle.lock, unlock: lifecycle.unlock } as const;

const edits: readonly Edit[] = [
  {
    name: 'update',
    method: 'PUT',
    below: '',
    edit: 'update',
    plan: (session, record) => {
      const server = { name: session.name('renamed'), description: session.name('told') };
      return { path: '', body: { server }, accepted: () => Object.assign(record, server) };
    },
  },
  {
    name: 'add metadata',
    method: 'POST',
    below: '/metadata',
    edit: 'updateMetadata',
    plan: (session, record) => {
      const metadata = { [`k${session.chance.below(4)}`]: session.name('value') };
      return { path: '/metadata', body: { metadata }, accepted: () => Object.assign(record.metadata, metadata) };
    },
  },
  {
    name: 'replace metadata',
    method: 'PUT',
    below: '/metadata',
    edit: 'updateMetadata',
    plan: (session, record) => {
      const metadata = { only: session.name('value') };
      return { path: '/metadata', body: { metadata }, accepted: () => void (record.metadata = metadata) };
    },
  },
  {
    name: 'set metadata item',
    method: 'PUT',
    below: '/metadata/{key}',
    edit: 'updateMetadata',
    plan: (session, record) => {
      const key = `k${session.chance.below(4)}`;
      const meta = { [key]: session.name('value') };
      return { path: `/metadata/${key}`, body: { meta }, accepted: () => Object.assign(record.metadata, meta) };
    },
  },
  {
    name: 'delete metadata item',
    method: 'DELETE',
    below: '/metadata/{key}',
    edit: 'deleteMetadata',
    plan: ({ chance }, record) => {
      const keys = Object.keys(record.metadata);
      if (keys.length === 0) return undefined;
      const key = pick(keys, chance);
      return { path: `/metadata/${key}`, accepted: () => void delete record.metadata[key] };
    },
  },
  {
    name: 'add tag',
    method: 'PUT',
    below: '/tags/{tag}',
    edit: 'updateTag',
    plan: ({ chance }, record) => {
      const tag = `t${chance.below(6)}`;
      return { path: `/tags/${tag}`, accepted: () => void record.tags.add(tag) };
    },
  },
  {
    name: 'replace tags',
    method: 'PUT',
    below: '/tags',
    edit: 'updateTags',
    plan: (session, record) => {
      const tags = ['chaos', `t${session.chance.below(6)}`];
      return { path: '/tags', body: { tags }, accepted: () => void (record.tags = new Set(tags)) };
    },
  },
  {
    name: 'delete tag',
    method: 'DELETE',
    below: '/tags/{tag}',
    edit: 'deleteTag',
    plan: ({ chance }, record) => {
      if (record.tags.size === 0) return undefined;
      const tag = pick([...record.tags], chance);
      return { path: `/tags/${tag}`, accepted: () => void record.tags.delete(tag) };
    },
  },
  {
    name: 'delete tags',
    method: 'DELETE',
    below: '/tags',
    edit: 'deleteTags',
    plan: (_session, record) => ({ path: '/tags', accepted: () => record.tags.clear() }),
  },
  {
    name: 'clear password',
    method: 'DELETE',
    below: '/os-server-password',
    edit: 'clearPassword',
    plan: () => ({ path: '/os-server-password', accepted: () => {} }),
  },
  {
    name: 'lock',
    method: 'POST',
    below: '/action',
    action: 'lock',
    edit: 'lock',
    plan: (_session, record) => ({ path: '/action', body: { lock: null }, accepted: () => void (record.isLocked = true) }),
  },
  {
    name: 'unlock',
    method: 'POST',
    below: '/action',
    action: 'unlock',
    edit: 'unlock',
    // A locked server refuses other operations, so it must not stay locked for long.
    weight: 4,
    plan: (_session, record) => ({ path: '/action', body: { unlock: null }, accepted: () => void (record.isLocked = false) }),
  },
];

export const recordOperations: readonly ServerOperation[] = edits.map(({ name, method, below, action, edit, weight = 1, plan }) => ({
  name,
  covers: [`${method} /servers/{id}${below}${action === undefined ? '' : ` ${action}`}`],
  weight,
  from: rows[edit].from,
  lockable: rows[edit].lockable,
  run: async (session, server) => {
    const planned = plan(session, server.record);
    if (!planned) return;
    const { path, body, accepted } = planned;
    const answer = await askFor(session, name, { service: 'compute', method, path: `/v2.1/servers/${server.id}${path}`, body });
    if (answer) accepted();
  },
}));
