/** What the operations on servers are told as. An operation here is one event at its start and one at its end; Nova tells some of them in parts. */
import {
  after,
  both,
  end,
  error,
  type Named,
  type Operation,
  type Part,
  plain,
  scheduling,
  select,
  start,
  versionedOnly,
  withError,
} from './server-parts.ts';

const prepare: Named = { action: 'resize_prep', legacy: 'resize.prep', object: 'resizePrep' };
const resize: Named = { action: 'resize', legacy: 'resize' };
const finish: Named = { action: 'resize_finish', legacy: 'finish_resize' };
const rebuild: Named = { action: 'rebuild', legacy: 'rebuild', object: 'rebuild' };
const scheduled: Part = { ...rebuild, action: 'rebuild_scheduled', legacy: 'rebuild.scheduled', from: 'nova-conductor' };
const remove: Named = { action: 'delete', legacy: 'delete' };
const shutDown: Named = { action: 'shutdown', legacy: 'shutdown', ifLaunched: true };
/** Consumers that bill know by it what the server was until now. */
const exists: Part = { action: 'exists', legacy: 'exists', object: 'exists' };
const snapshot: Operation = plain('snapshot', { object: 'snapshot' });
const afterMove: Named = { action: 'live_migration_post', legacy: 'live_migration._post' };
const afterMoveThere: Named = { action: 'live_migration_post_dest', legacy: 'live_migration.post.dest' };
const rollBack: Named = { action: 'live_migration_rollback', legacy: 'live_migration._rollback' };
const rollBackThere: Named = { action: 'live_migration_rollback_dest', legacy: 'live_migration.rollback.dest' };
const attach: Named = { action: 'volume_attach', object: 'volume' };
const detach: Named = { action: 'volume_detach', object: 'volume' };
const move: Operation = {
  start: [start(select), exists, ...both(prepare), start(resize)],
  end: [end(select), end(resize), ...both(finish)],
  error: [error(resize)],
  task: 'migrate_server',
};

/** What the operations in the log are told as. */
export const operations: Readonly<Record<string, Operation>> = {
  create: { ...scheduling(withError(plain('create', { object: 'create' }))), task: 'build_instances' },
  delete: { start: [start(remove), start(shutDown)], end: [end(shutDown), end(remove)] },
  start: plain('power_on'),
  stop: plain('power_off'),
  reboot: withError(plain('reboot')),
  pause: plain('pause'),
  unpause: plain('unpause'),
  suspend: plain('suspend'),
  resume: plain('resume'),
  trigger_crash_dump: plain('trigger_crash_dump'),
  rebuild: { start: [scheduled, exists, start(rebuild)], end: [end(rebuild)], error: [error(rebuild)], task: 'rebuild_server' },
  evacuate: {
    start: [{ action: 'evacuate', from: 'nova-api' }, start(select), scheduled, exists, start(rebuild)],
    end: [end(select), end(rebuild)],
    error: [error(rebuild)],
    task: 'rebuild_server',
  },
  resize: move,
  migrate: move,
  confirmResize: plain('resize_confirm', { legacy: 'resize.confirm' }),
  revertResize: after(exists, plain('resize_revert', { legacy: 'resize.revert' })),
  'live-migration': {
    start: [start(select), ...both({ action: 'live_migration_pre', legacy: 'live_migration.pre' })],
    end: [end(select), start(afterMove), ...both(afterMoveThere), end(afterMove)],
    error: [start(rollBack), ...both(rollBackThere), end(rollBack)],
    task: 'migrate_server',
  },
  attach_interface: withError(versionedOnly('interface_attach')),
  detach_interface: versionedOnly('interface_detach'),
  attach_volume: {
    start: [start(attach)],
    end: [{ ...end(attach), legacy: 'volume.attach', isLegacyPlain: true }],
    error: [error(attach)],
  },
  detach_volume: { start: [start(detach)], end: [{ ...end(detach), legacy: 'volume.detach', isLegacyPlain: true }] },
  softDelete: plain('soft_delete'),
  restore: plain('restore'),
  rescue: plain('rescue', { object: 'rescue' }),
  unrescue: plain('unrescue'),
  createImage: snapshot,
  createBackup: snapshot,
  shelve: after(exists, plain('shelve')),
  shelveOffload: plain('shelve_offload'),
  unshelve: scheduling(plain('unshelve'), { ifOffloaded: true }),
};

/** Changes at once that Nova tells by a name of their own. */
export const changes: Readonly<Record<string, readonly Part[]>> = {
  exists: [exists],
  lock: [{ action: 'lock', from: 'nova-api' }],
  unlock: [{ action: 'unlock', from: 'nova-api' }],
  live_migration_cancel: both({ action: 'live_migration_abort', legacy: 'live.migration.abort' }),
  live_migration_force_complete: both({ action: 'live_migration_force_complete', legacy: 'live.migration.force.complete' }),
};
