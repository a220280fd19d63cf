import { expect, test } from 'vitest';
import { errorType } from '../errors/error-type.ts';
import { errorFields } from './log.ts';

const Away = errorType('Away', 'unavailable', (p: { what: string }) => `The ${p.what} is away.`);

test('what was foreseen is told with its sentence, what was not with its stack too', () => {
  expect(errorFields(Away({ what: 'database' }))).toMatchObject({ message: 'The database is away.' });
  expect(errorFields(Away({ what: 'database' }))).not.toHaveProperty('stack');
  expect(errorFields(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))).not.toHaveProperty('stack');
  expect(errorFields(new TypeError('x is not a function'))).toMatchObject({ stack: expect.stringContaining('log.test.ts') });
});

test('a reason in words stays as it is', () => {
  expect(errorFields('it is Sunday')).toBe('it is Sunday');
});
