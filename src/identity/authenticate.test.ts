import { expect, test } from 'vitest';
import type { Principal } from '../objects/principal.ts';
import { authenticateBy } from './authenticate.ts';
import { AuthenticationFailed } from './errors.ts';
import type { TokenValidator } from './token-validator.ts';

const domain = { id: 'd-1', name: 'Elsewhere' };
const ann: Principal = {
  user: { id: 'u-ann', name: 'ann', domain },
  project: { id: 'p-web', name: 'web', domain },
  domain: null,
  roles: [{ id: 'r-1', name: 'admin' }],
};

/** An identity service that issues tokens of its own. */
const elsewhere: TokenValidator = {
  check: async (text) => ({ 'of-ann': ann, 'of-domain': { ...ann, project: null, domain } })[text],
};

test('a request belongs to the user that another identity service reports', async () => {
  expect(await authenticateBy(elsewhere)('of-ann', { requestId: 'req-1' })).toMatchObject({
    requestId: 'req-1',
    userId: 'u-ann',
    projectId: 'p-web',
    isAdmin: true,
    roles: expect.arrayContaining(['admin', 'member', 'reader']),
  });
  await expect(authenticateBy(elsewhere)('of-nobody', { requestId: 'req-1' })).rejects.toSatisfy(AuthenticationFailed.is);
});

test('roles in a domain count only for the identity service', async () => {
  expect(await authenticateBy(elsewhere)('of-domain', { requestId: 'req-1' })).toMatchObject({
    roles: [],
    isAdmin: false,
    projectId: null,
  });
  expect(await authenticateBy(elsewhere, 'identity')('of-domain', { requestId: 'req-1' })).toMatchObject({ isAdmin: true });
});
