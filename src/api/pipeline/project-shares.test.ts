import { expect, test } from 'vitest';
import { currentParty } from '../../lib/context/on-behalf.ts';
import { ProjectShares } from './project-shares.ts';

const project = (projectId: string | null, userId: string | null = 'someone') => ({ projectId, userId });
const never = (): Promise<never> => new Promise(() => {});

test('a project with enough under way is told to wait, and nothing is begun; others do not notice', async () => {
  const shares = new ProjectShares(2);
  void shares.within(project('a'), never);
  void shares.within(project('a'), never);
  let begun = false;
  const more = shares.within(project('a'), async () => {
    begun = true;
  });
  await expect(more).rejects.toMatchObject({ status: 429, headers: { 'Retry-After': '1' } });
  expect(begun).toBe(false);
  expect(await shares.within(project('b'), async () => 'answered')).toBe('answered');
});

test('what is over, well or not, counts no longer', async () => {
  const shares = new ProjectShares(1);
  await shares.within(project('a'), async () => {});
  await expect(shares.within(project('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await shares.within(project('a'), async () => 'answered')).toBe('answered');
});

test('a token without a project counts for its user, and whoever has none counts not at all', async () => {
  const shares = new ProjectShares(1);
  void shares.within(project(null), never);
  await expect(shares.within(project(null), never)).rejects.toMatchObject({ status: 429 });
  void shares.within(project(null, null), never);
  expect(await shares.within(project(null, null), async () => 'answered')).toBe('answered');
});

// Fault 2026-11 B5.
test('work is done on behalf of its project, or of the user of a token without one', async () => {
  const shares = new ProjectShares(1);
  expect(await shares.within(project('a'), async () => currentParty())).toBe('a');
  expect(await shares.within(project(null), async () => currentParty())).toBe('someone');
  expect(currentParty()).toBeUndefined();
});

test('0 is no bound', async () => {
  const shares = new ProjectShares(0);
  void shares.within(project('a'), never);
  expect(await shares.within(project('a'), async () => 'answered')).toBe('answered');
});
