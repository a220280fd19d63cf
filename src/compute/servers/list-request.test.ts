import { describe, expect, test } from 'vitest';
import type { Context } from '../../lib/context/context.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { DeletedForbidden, SortForbidden } from './errors.ts';
import { equalFilters, patternFilters } from './list-filters.ts';
import { permittedQuery, type ServerListRequest } from './list-request.ts';

const caller = (isAdmin: boolean): Context => ({
  requestId: 'req-1',
  userId: 'u',
  projectId: 'mine',
  roles: isAdmin ? ['admin', 'member', 'reader'] : ['member', 'reader'],
  isAdmin,
});
const asked = (request: Partial<ServerListRequest>, { isAdmin = false, policy = novaPolicy() } = {}) =>
  permittedQuery(caller(isAdmin), policy, { limit: 10, ...request });

/** All filters at once. */
const all = {
  equal: Object.fromEntries(Object.keys(equalFilters).map((name) => [name, [name]])),
  like: Object.fromEntries(Object.keys(patternFilters).map((name) => [name, name])),
  ids: ['i'],
  ip: '1',
  ip6: 'fd',
  configDrive: true,
  deleted: true,
  softDeleted: true,
  locked: true,
} satisfies Partial<ServerListRequest>;

describe('filters', () => {
  test('that are not open to everybody are ignored', () => {
    expect(asked(all)).toEqual({
      limit: 10,
      projectId: 'mine',
      sort: [],
      equal: { userId: ['user_id'], imageId: ['image'], flavorId: ['flavor'], vmState: ['vm_state'], taskState: ['task_state'] },
      like: {
        name: 'name',
        keyName: 'key_name',
        powerState: 'power_state',
        reservationId: 'reservation_id',
        zone: 'availability_zone',
        progress: 'progress',
        createdAt: 'created_at',
        launchedAt: 'launched_at',
        terminatedAt: 'terminated_at',
      },
      ip: '1',
      ip6: 'fd',
      configDrive: true,
      locked: true,
    });
  });

  test('are all open to those whom policy allows them', () => {
    const query = asked(all, { isAdmin: true });
    expect(query).toMatchObject({
      ids: ['i'],
      deleted: true,
      softDeleted: true,
      equal: { host: ['host'] },
      like: { name: 'display_name' },
    });
    const opened = asked(all, { policy: novaPolicy({ 'os_compute_api:servers:allow_all_filters': '' }) });
    expect(opened).toEqual(query);
  });

  test('that an old version restricts are ignored, and no version opens what policy restricts', () => {
    const notYetOpen = ['ip6', 'config_drive', 'progress', 'user_id'] as const;
    const query = asked({ ...all, notYetOpen });
    expect([query.ip6, query.configDrive, query.like?.progress, query.equal?.userId]).toEqual([undefined, undefined, undefined, undefined]);
    expect([query.like?.name, query.equal?.imageId, query.ip]).toEqual(['name', ['image'], '1']);
    expect(asked({ ...all, notYetOpen }, { isAdmin: true })).toEqual(asked(all, { isAdmin: true }));
  });
});

describe('projects', () => {
  test.each<[Partial<ServerListRequest>, boolean, string | null]>([
    [{}, false, 'mine'],
    [{ projectId: 'theirs' }, true, 'mine'],
    [{ allProjects: true }, true, null],
    [{ allProjects: true, projectId: 'theirs' }, true, 'theirs'],
    [{ allProjects: true, projectId: 'theirs' }, false, null],
  ])('%j of an admin (%s) lists the servers of %s', (request, isAdmin, projectId) => {
    expect(asked(request, { isAdmin }).projectId).toBe(projectId);
  });
});

describe('deleted servers', () => {
  test('are listed by status for admins only', () => {
    expect(() => asked({ statuses: ['DELETED'] })).toThrow(expect.toSatisfy(DeletedForbidden.is));
    expect(asked({ statuses: ['DELETED'] }, { isAdmin: true })).toMatchObject({ deleted: true, statuses: ['DELETED'] });
    expect(asked({ statuses: ['DELETED', 'ACTIVE'] })).not.toHaveProperty('deleted');
    expect(asked({ statuses: [] })).not.toHaveProperty('deleted');
  });
});

test.each(['host', 'node'] as const)('only admins sort by %s, which would disclose where servers are', (column) => {
  const sort = [{ column: 'display_name', direction: 'asc' } as const, { column, direction: 'desc' } as const];
  expect(() => asked({ sort })).toThrow(expect.toSatisfy(SortForbidden.is));
  expect(asked({ sort }, { isAdmin: true }).sort).toEqual(sort);
});
