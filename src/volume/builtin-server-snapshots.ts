import type { Context } from '../lib/context/context.ts';
import type { VolumeApi } from './api.ts';
import { byCloud, orUndefined } from './by-cloud.ts';
import { InvalidSnapshot, SnapshotNotFound } from './errors.ts';
import type { ServerSnapshots } from './server-volumes.ts';

/** Snapshots of the volumes of servers in our own volume service. They are taken with the rights of the caller. */
export const builtinServerSnapshots = ({ snapshots }: Pick<VolumeApi, 'snapshots'>): ServerSnapshots => {
  const statusOf = async (ctx: Context, id: string) => (await orUndefined(snapshots.show(byCloud(ctx), id), SnapshotNotFound.is))?.status;
  return {
    check: (ctx, volumeIds) => snapshots.checkRoom(ctx, volumeIds),
    take: async (ctx, { snapshotId: id, volumeId, name }) => {
      await snapshots.create(ctx, { id, volumeId, name, description: null, metadata: {}, force: true });
    },
    statusOf,
    discard: async (ctx, id) => {
      const force = (await statusOf(ctx, id)) === 'creating';
      await orUndefined(snapshots.delete(byCloud(ctx), id, { force }), isOver);
    },
  };
};

const isOver = (error: unknown): boolean => SnapshotNotFound.is(error) || InvalidSnapshot.is(error);
