import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionOf } from './fixture/session.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let ask: Awaited<ReturnType<typeof sessionOf>>;
const ids: Record<string, string> = {};

/** top > middle > bottom, and beside them top > other; the user has one role in each but in `other`, which somebody else has. */
beforeAll(async () => {
  identity = await startIdentity();
  ask = await sessionOf(identity.origin);
  for (const [name, parent] of Object.entries({ top: undefined, middle: 'top', bottom: 'middle', other: 'top', apart: undefined })) {
    const { body } = await ask('POST', '/projects', { project: { name, ...(parent && { parent_id: ids[parent] }) } });
    ids[name] = body.project.id;
    const user = name === 'other' ? 'user-admin' : 'user-demo';
    expect((await ask('PUT', `/projects/${ids[name]}/users/${user}/roles/role-member`)).status).toBe(204);
  }
});
afterAll(() => identity?.stop());

async function places(query: string): Promise<readonly string[]> {
  const { status, body } = await ask('GET', `/role_assignments?include_names&${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.role_assignments.map((one: { scope: { project: { name: string } }; role: { name: string } }) =>
    [one.scope.project.name, one.role.name].join(' '),
  );
}

// Fault 2026-11 D6.
test.each([
  ['top', '', ['top member']],
  ['top', '&include_subtree=true', ['bottom member', 'middle member', 'other member', 'top member']],
  ['middle', '&include_subtree', ['bottom member', 'middle member']],
  ['bottom', '&include_subtree=1', ['bottom member']],
  ['top', '&include_subtree=false', ['top member']],
  ['top', '&include_subtree=true&user.id=user-admin', ['other member']],
  ['middle', '&include_subtree=true&effective', ['bottom member', 'bottom reader', 'middle member', 'middle reader']],
])('the assignments of the project %s%s', async (root, more, expected) => {
  expect((await places(`scope.project.id=${ids[root]}${more}`)).toSorted()).toEqual(expected);
});

// Fault 2026-11 D6.
test.each([
  ['include_subtree=true', 'scope.project.id must be specified if include_subtree is also specified.'],
  ['scope.project.id=x&scope.domain.id=y', 'Specify a project, a domain or the system, not several of them.'],
  ['scope.project.id=x&scope.system=all', 'Specify a project, a domain or the system, not several of them.'],
  ['user.id=x&group.id=y', 'Specify a user or a group, not both.'],
  ['effective&group.id=y', 'Combining effective and group filter will always result in an empty list.'],
])('role assignments by %s are refused', async (query, message) => {
  expect((await ask('GET', `/role_assignments?${query}`)).body.error).toMatchObject({ code: 400, message });
});
