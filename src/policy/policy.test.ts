import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from '../lib/context/context.ts';
import { PolicyFileInvalid, readOverrides } from './override-file.ts';
import { gateOf, novaPolicy, Policy, PolicyForbidden, PolicyInvalid } from './policy.ts';
import type { PolicyRule } from './rules.ts';

const caller = (...roles: string[]): Context => ({
  requestId: 'req-1',
  userId: 'alice',
  projectId: 'p1',
  roles,
  isAdmin: roles.includes('admin'),
});
const own = { project_id: 'p1', user_id: 'alice' };
const foreign = { project_id: 'p2', user_id: 'bob' };

test.each<[rule: PolicyRule, role: string, target: typeof own, allowed: boolean]>([
  ['os_compute_api:servers:show', 'reader', own, true],
  ['os_compute_api:servers:show', 'reader', foreign, false],
  ['os_compute_api:servers:show', 'member', own, true],
  ['os_compute_api:servers:show', 'admin', foreign, true],
  ['os_compute_api:servers:show', 'stranger', own, false],
  ['os_compute_api:servers:create', 'reader', own, false],
  ['os_compute_api:servers:create', 'Member', own, true],
  ['os_compute_api:servers:create', 'manager', own, true],
  ['os_compute_api:servers:create:forced_host', 'manager', own, false],
  ['os_compute_api:servers:create:forced_host', 'admin', own, true],
  ['os_compute_api:os-keypairs:show', 'stranger', own, true],
  ['os_compute_api:os-keypairs:show', 'member', foreign, false],
  ['os_compute_api:os-services:list', 'member', own, false],
  ['os_compute_api:os-availability-zone:list', 'stranger', own, true],
])('%s by %s of %j: %s', (rule, role, target, allowed) => {
  expect(novaPolicy().may(caller(role), rule, target)).toBe(allowed);
});

test.each<[source: string, allowed: boolean]>([
  ['', true],
  ['@', true],
  ['!', false],
  ['not !', true],
  ['role:member and not role:admin', true],
  ['role:admin or role:member and !', false],
  ['(role:admin or role:member) and @', true],
  ['NOT (role:admin OR role:operator)', true],
  ['is_admin:True', false],
  ['is_admin:False', true],
  ['project_id:%(project_id)s', true],
  ['project_id:%(nothing)s', false],
  ['project_id:p1', true],
  ['user_id:%(project_id)s', false],
  ["'p1':%(project_id)s", true],
  ['role:%(wanted)s', true],
  ['domain_id:%(project_id)s', false],
  ['rule:project_member_api', true],
])('the rule %j answers %s', (source, allowed) => {
  const policy = new Policy({ rules: { 'a:b': source } });
  expect(policy.may(caller('member'), 'a:b', { ...own, wanted: 'MEMBER' })).toBe(allowed);
});

test.each([
  ['role:member and', 'it ends too early'],
  ['(role:member', 'a parenthesis is not closed'],
  ['role:member role:reader', '"role:reader" does not belong there'],
  ['member', '"member" is no check'],
  ['projct_id:%(project_id)s', '"projct_id" is not known about a caller; did you mean "project_id"?'],
  ['rule:project_membr_api', 'there is no rule "project_membr_api" to refer to; did you mean "project_member_api"?'],
  ['rule:a:b', 'it refers back to itself by way of a:b'],
  ['http://example.org/%(name)s', 'checks by a remote server are not supported'],
  [`${'('.repeat(100)}@${')'.repeat(100)}`, 'nested deeper than'],
])('the rule %j is refused', (source, problem) => {
  expect(() => new Policy({ rules: { 'a:b': source } })).toThrow(problem);
});

test('a refusal names the rule and is of kind forbidden', () => {
  const policy = novaPolicy();
  // @ts-expect-error: no such rule
  expect(policy.may(caller('admin'), 'os_compute_api:servers:shwo')).toBe(false);
  expect(() => policy.check(caller('reader'), 'os_compute_api:servers:create')).toThrow(
    PolicyForbidden({ rule: 'os_compute_api:servers:create' }),
  );
  expect(PolicyForbidden({ rule: 'x' }).message).toBe("Policy doesn't allow x to be performed.");
});

test('an edge asks by plain names, and a name without a rule is a bug', () => {
  const gate = gateOf(novaPolicy());
  expect(gate.may(caller('member'), 'os_compute_api:servers:show', foreign)).toBe(false);
  expect(() => gate.check(caller('reader'), 'os_compute_api:servers:create')).toThrow(
    PolicyForbidden({ rule: 'os_compute_api:servers:create' }),
  );
  expect(() => gate.may(caller('admin'), 'os_compute_api:servers:shwo')).toThrow('Broken invariant');
});

test('an override replaces a default, and may bring a helper that it uses', () => {
  const policy = novaPolicy({ 'os_compute_api:servers:create': 'rule:builders', builders: 'role:builder' });
  expect(policy.may(caller('builder'), 'os_compute_api:servers:create')).toBe(true);
  expect(policy.may(caller('admin'), 'os_compute_api:servers:create')).toBe(false);
  expect(policy.may(caller('member'), 'os_compute_api:servers:delete')).toBe(true);
});

test('an override of nothing is refused with the nearest name', () => {
  expect(() => novaPolicy({ 'os_compute_api:servers:creat': '@' })).toThrow(
    PolicyInvalid({
      rule: 'os_compute_api:servers:creat',
      problem: 'there is no such rule; did you mean "os_compute_api:servers:create"?',
    }),
  );
});

test('overrides come from YAML files, the last one wins, and a file of another shape is refused by name', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nova-policy-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const files = [write('a.yaml', '"a:b": "!"\n"c:d": role:x\n'), write('b.yaml', '"a:b": "@"\n'), write('empty.yaml', '# nothing\n')];
  expect(readOverrides(files)).toEqual({ 'a:b': '@', 'c:d': 'role:x' });
  const wrong = write('wrong.yaml', '"a:b": [[role:x]]');
  expect(() => readOverrides([wrong])).toThrow(PolicyFileInvalid({ file: wrong, problem: 'rule "a:b" is not a string' }));
  expect(() => readOverrides([write('list.yaml', '- a')])).toThrow('it is not a map');
  rmSync(directory, { recursive: true });
});
