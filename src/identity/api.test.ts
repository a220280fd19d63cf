import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { updateUser } from '../db/stores/identity/users.ts';
import { seededIds } from '../lib/clock/ids.ts';
import { ManualClock } from '../lib/clock/manual-clock.ts';
import type { UserRef } from '../objects/principal.ts';
import { IdentityApi, type Proof, type Scope } from './api.ts';
import { authenticateBy } from './authenticate.ts';
import { BuiltinTokens } from './drivers/builtin/tokens.ts';
import { BuiltinIdentity } from './drivers/builtin/driver.ts';
import { AuthenticationFailed, TokenNotFound, TooManyLogins } from './errors.ts';
import { hashPassword } from './password-hash.ts';
import { Semaphore } from './semaphore.ts';

const HOUR_MS = 3_600_000;
const domain = { id: 'default' };

let database: TestDatabase;
let clock: ManualClock;
let identity: IdentityApi;
let hashes: Readonly<Record<string, string>>;

const anotherProcess = (seed = 7) => {
  const common = { driver: new BuiltinIdentity(database.db), db: database.db, clock };
  return new IdentityApi({
    ...common,
    tokens: new BuiltinTokens({ ...common, ids: seededIds(seed), tokenSeconds: 3_600, rotateSeconds: 7 * 86_400 }),
    hashing: new Semaphore({ running: 4, waiting: 100 }),
    guard: { freeFailures: 3, longestSeconds: 8 },
  });
};

const contextOf = (token: string, requestId: string, at?: 'identity') => authenticateBy(identity, at)(token, { requestId });

beforeAll(async () => {
  database = await createTestDatabase();
  hashes = { ann: await hashPassword('ann'), ben: await hashPassword('ben') };
});
afterAll(async () => {
  await database?.drop();
});

const tables = [
  'role_assignments',
  'domain_role_assignments',
  'login_failures',
  'login_addresses',
  'revoked_tokens',
  'token_keys',
  'users',
  'projects',
  'roles',
  'domains',
] as const;

/** Ann is member of web and admin of lab, ben is nobody's; their passwords are their names. */
beforeEach(async () => {
  const { db } = database;
  for (const table of tables) await db.deleteFrom(table).execute();
  await db.insertInto('domains').values({ id: 'default', name: 'Default', description: '', enabled: true }).execute();
  const projects = ['web', 'lab'].map((name) => ({ id: `p-${name}`, domain_id: 'default', name, description: '', enabled: true }));
  await db.insertInto('projects').values(projects).execute();
  const users = ['ann', 'ben'].map((name) => ({
    id: `u-${name}`,
    domain_id: 'default',
    name,
    password_hash: hashes[name] ?? null,
    default_project_id: name === 'ann' ? 'p-web' : null,
    email: null,
    enabled: true,
  }));
  await db.insertInto('users').values(users).execute();
  await db
    .insertInto('roles')
    .values(['admin', 'member'].map((name) => ({ id: `r-${name}`, name })))
    .execute();
  const granted = [
    { user_id: 'u-ann', project_id: 'p-web', role_id: 'r-member' },
    { user_id: 'u-ann', project_id: 'p-lab', role_id: 'r-admin' },
  ];
  await db.insertInto('role_assignments').values(granted).execute();
  clock = new ManualClock();
  identity = anotherProcess();
});

const password = (name: string, text = name): Proof => ({ method: 'password', user: { name, domain }, password: text });
const logIn = (scope: Scope = 'default', name = 'ann') => identity.authenticate([password(name)], scope);
const project = (name: string): Scope => ({ project: { name, domain } });

const guess = (name: string, text: string, address = '192.0.2.1') => identity.authenticate([password(name, text)], 'default', address);
const outcome = (name: string, text: string, address?: string) =>
  guess(name, text, address).then(
    () => 'in',
    (error: Error) => error.message,
  );
const OUT = 'The request you have made requires authentication.';

test('a password gives a token for the project that was asked for', async () => {
  const token = await logIn(project('lab'));
  expect(token).toMatchObject({ user: { id: 'u-ann', domain: { name: 'Default' } }, project: { id: 'p-lab' }, methods: ['password'] });
  expect(token.roles.map(({ name }) => name)).toEqual(['admin']);
  expect(token.expiresAt.getTime() - token.issuedAt.getTime()).toBe(HOUR_MS);
  expect(await identity.check(token.text)).toMatchObject(token);
});

test('without a scope the token is for the default project, unless it is to be unscoped or there is none', async () => {
  expect((await logIn()).project?.id).toBe('p-web');
  expect(await logIn('unscoped')).toMatchObject({ project: null, roles: [] });
  expect((await logIn('default', 'ben')).project).toBeNull();
});

test.each<[string, readonly Proof[], Scope]>([
  ['a wrong password', [password('ann', 'Ann')], 'default'],
  ['an unknown user', [password('eve')], 'default'],
  ['an unknown domain', [{ method: 'password', user: { name: 'ann', domain: { name: 'Other' } }, password: 'ann' }], 'default'],
  ['no proof', [], 'default'],
  ['a token that is none', [{ method: 'token', token: 'x.y.z' }], 'default'],
  ['proofs of two people', [password('ann'), password('ben')], 'default'],
  ['an unknown project', [password('ann')], project('none')],
  ['a project without a role there', [password('ben')], project('web')],
])('%s is refused in the same words as any other', async (_what, proofs, scope) => {
  await expect(identity.authenticate(proofs, scope)).rejects.toSatisfy(AuthenticationFailed.is);
});

test('a token obtained with a token does not outlive it', async () => {
  const first = await logIn();
  await clock.advance(HOUR_MS / 2);
  const second = await identity.authenticate([{ method: 'token', token: first.text }], project('lab'));
  expect([second.expiresAt, second.methods, second.project?.id]).toEqual([first.expiresAt, ['token', 'password'], 'p-lab']);
  await clock.advance(HOUR_MS / 2);
  expect(await identity.check(second.text)).toBeUndefined();
});

test('a revoked token is invalid at once, in every process; other tokens of the user stay valid', async () => {
  const [gone, kept] = [await logIn(), await logIn()];
  await identity.revoke(gone.text);
  await identity.revoke(gone.text);
  expect([await anotherProcess().check(gone.text), (await identity.check(kept.text))?.user.id]).toEqual([undefined, 'u-ann']);
  await expect(identity.revoke('x.y.z')).rejects.toSatisfy(TokenNotFound.is);
});

test.each([
  ['the user', () => database.db.updateTable('users').set({ enabled: false })],
  ['the project', () => database.db.updateTable('projects').set({ enabled: false })],
  ['the domain', () => database.db.updateTable('domains').set({ enabled: false })],
  ['the role', () => database.db.deleteFrom('role_assignments')],
])('a token is invalid once %s is gone', async (_what, change) => {
  const token = await logIn();
  await change().execute();
  expect(await identity.check(token.text)).toBeUndefined();
});

test('a token has the present roles, not those of the login', async () => {
  const token = await logIn();
  await database.db.insertInto('role_assignments').values({ user_id: 'u-ann', project_id: 'p-web', role_id: 'r-admin' }).execute();
  expect((await identity.check(token.text))?.roles.map(({ name }) => name)).toEqual(['admin', 'member']);
});

const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid;

test('a new key signs only when all processes know it, and older ones still check', async () => {
  const { db } = database;
  const old = await logIn();
  await sql`UPDATE token_keys SET created_at = now() - interval '1 hour'`.execute(db);
  await db
    .insertInto('token_keys')
    .values({ id: 'new', secret: 'ab'.repeat(32) })
    .execute();
  const early = await anotherProcess().authenticate([password('ann')], 'default');
  expect(kidOf(early.text)).toBe(kidOf(old.text));
  await sql`UPDATE token_keys SET created_at = created_at - interval '5 minutes'`.execute(db);
  await clock.advance(30_001);
  const fresh = await anotherProcess().authenticate([password('ann')], 'default');
  expect(kidOf(fresh.text)).toBe('new');
  expect([await identity.check(fresh.text), await identity.check(old.text)].map((token) => token?.user.id)).toEqual(['u-ann', 'u-ann']);
  await db.deleteFrom('token_keys').where('id', '<>', 'new').execute();
  expect(await anotherProcess().check(old.text)).toBeUndefined();
});

test('processes that start at once agree on one key', async () => {
  const processes = Array.from({ length: 5 }, (_, index) => anotherProcess(index + 1));
  const tokens = await Promise.all(processes.map((one) => one.authenticate([password('ann')], 'default')));
  for (const one of processes) for (const { text } of tokens) expect((await one.check(text))?.user.id).toBe('u-ann');
});

test('a context has the user, with implied roles', async () => {
  const lab = await contextOf((await logIn(project('lab'))).text, 'req-7');
  expect(lab).toEqual({
    requestId: 'req-7',
    userId: 'u-ann',
    userName: 'ann',
    projectId: 'p-lab',
    projectName: 'lab',
    domainId: 'default',
    roles: ['admin', 'manager', 'member', 'reader'],
    isAdmin: true,
  });
  const web = await contextOf((await logIn()).text, 'req-8');
  expect([web.roles, web.isAdmin]).toEqual([['member', 'reader'], false]);
  await expect(contextOf('', 'req-9')).rejects.toSatisfy(AuthenticationFailed.is);
});

test('the projects of a user are those where they have a role', async () => {
  expect((await identity.projectsOf('u-ann')).map((one) => one?.name)).toEqual(['lab', 'web']);
  expect(await identity.projectsOf('u-ben')).toEqual([]);
});

describe('tokens of a user', () => {
  test.each([
    ['whose password changes', { password_hash: 'x' }],
    ['who is disabled, even when they are enabled again', { enabled: false }],
  ])('%s end at once and for good', async (_what, changes) => {
    const earlier = await logIn();
    await updateUser(database.db, 'u-ann', changes);
    await updateUser(database.db, 'u-ann', { enabled: true });
    expect(await identity.check(earlier.text)).toBeUndefined();
    expect(await identity.authenticate([{ method: 'token', token: earlier.text }], 'default').catch((error) => error.code)).toBe(
      'AuthenticationFailed',
    );
  });

  test('that are given in the same second as the change are good', async () => {
    await updateUser(database.db, 'u-ann', { password_hash: hashes['ben'] ?? '' });
    expect(await identity.check((await identity.authenticate([password('ann', 'ben')], 'default')).text)).toBeDefined();
  });
});

describe('a domain as scope', () => {
  beforeEach(() =>
    database.db.insertInto('domain_role_assignments').values({ user_id: 'u-ann', domain_id: 'default', role_id: 'r-admin' }).execute(),
  );

  test('counts for the identity service, and for nothing else', async () => {
    const token = await logIn({ domain: { name: 'Default' } });
    expect(token).toMatchObject({ project: null, domain: { id: 'default' }, roles: [{ name: 'admin' }] });
    expect(await contextOf(token.text, 'req-1', 'identity')).toMatchObject({ isAdmin: true, projectId: null });
    expect(await contextOf(token.text, 'req-1')).toMatchObject({ isAdmin: false, roles: [], projectId: null });
  });

  test('is lost with the role, and refused to users without one', async () => {
    const token = await logIn({ domain: { id: 'default' } });
    await database.db.deleteFrom('domain_role_assignments').execute();
    expect(await identity.check(token.text)).toBeUndefined();
    await expect(logIn({ domain: { id: 'default' } })).rejects.toSatisfy(AuthenticationFailed.is);
  });
});

test('a default project in which the user has no role does not prevent the login', async () => {
  await database.db.deleteFrom('role_assignments').execute();
  expect(await logIn()).toMatchObject({ project: null, roles: [] });
});

const wrong = async (times: number, name = 'ann', address?: string) => {
  for (let index = 0; index < times; index++) expect(await outcome(name, 'wrong', address)).toBe(OUT);
};

const failureCounts = async () =>
  (await database.db.selectFrom('login_failures').select('failures').execute()).map(({ failures }) => failures);

describe('a password guesser', () => {
  test('is locked out, twice as long each time, even with the right password', async () => {
    await wrong(3);
    expect(await outcome('ann', 'ann')).toBe('in');
    await wrong(4);
    expect(await outcome('ann', 'ann')).toBe(OUT);
    await clock.advance(1_001);
    await wrong(1);
    await clock.advance(1_001);
    expect(await outcome('ann', 'ann')).toBe(OUT);
    await clock.advance(1_001);
    expect(await outcome('ann', 'ann')).toBe('in');
  });

  test('is locked out no longer than the maximum, and an attempt during the lockout does not prolong it', async () => {
    await wrong(4);
    for (let index = 0; index < 8; index++) {
      await clock.advance(8_001);
      await wrong(3);
    }
    await clock.advance(8_001);
    expect(await outcome('ann', 'ann')).toBe('in');
  });

  test('locks out neither the user elsewhere nor other users', async () => {
    await wrong(4);
    expect([await outcome('ann', 'ann', '192.0.2.2'), await outcome('ben', 'ben')]).toEqual(['in', 'in']);
  });

  // Fault 2026-11 B10.
  test('gains no tries by naming one user in several ways, whether the user exists or not', async () => {
    for (const name of ['ann', 'eve']) {
      const ways: UserRef[] = [
        { name, domain: { id: 'default' } },
        { name, domain: { name: 'Default' } },
      ];
      if (name === 'ann') ways.push({ id: 'u-ann' });
      const tries = [...ways, ...ways].slice(0, 4);
      for (const user of tries) await expect(identity.provePassword(user, 'wrong', '192.0.2.1')).rejects.toSatisfy(AuthenticationFailed.is);
      expect(Math.max(...(await failureCounts()))).toBe(4);
      for (const user of ways) await expect(identity.provePassword(user, name, '192.0.2.1')).rejects.toSatisfy(AuthenticationFailed.is);
      // An attempt during a lockout is not checked, so it counts for nobody.
      expect(Math.max(...(await failureCounts()))).toBe(4);
      await database.db.deleteFrom('login_failures').execute();
    }
  });

  test('does not learn from a lockout who exists', async () => {
    await wrong(4, 'eve');
    const rows = await database.db.selectFrom('login_failures').select('locked_until').where('failures', '=', 4).execute();
    expect(rows.some(({ locked_until }) => locked_until > clock.now())).toBe(true);
  });

  test('gains nothing by concurrent attempts or in another process', async () => {
    const together = await Promise.all(Array.from({ length: 40 }, () => outcome('ann', 'wrong')));
    expect(new Set(together)).toEqual(new Set([OUT]));
    const { failures } = await database.db
      .selectFrom('login_failures')
      .select('failures')
      .orderBy('failures', 'desc')
      .executeTakeFirstOrThrow();
    // Three were free, and as many as run at one time may have begun before the fourth had failed.
    expect(failures).toBeLessThanOrEqual(3 + 4);
    await expect(anotherProcess().authenticate([password('ann')], 'default', '192.0.2.1')).rejects.toSatisfy(AuthenticationFailed.is);
  });

  test('is unlocked after a quarter of an hour, and the records expire', async () => {
    await wrong(4);
    await clock.advance(901_000);
    await wrong(3);
    expect(await outcome('ann', 'ann')).toBe('in');
    await wrong(1, 'eve');
    await clock.advance(901_000);
    await wrong(1, 'mallory');
    const { count } = await database.db
      .selectFrom('login_failures')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(3);
  });
});

test('more hashes than may wait are refused, and room comes back', async () => {
  const semaphore = new Semaphore({ running: 1, waiting: 2 });
  const gate = Promise.withResolvers<void>();
  const running = [1, 2, 3].map((value) => semaphore.run(() => gate.promise.then(() => value)));
  await expect(semaphore.run(async () => 4)).rejects.toSatisfy(TooManyLogins.is);
  gate.resolve();
  expect(await Promise.all(running)).toEqual([1, 2, 3]);
  await expect(semaphore.run(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  expect(await semaphore.run(async () => 5)).toBe(5);
});
