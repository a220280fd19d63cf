import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../lib/versioning/schema.ts';
import { hostQuestion, restFace } from '../server-action.ts';

const length = nullable(t.Unsafe<number | string>({ type: ['integer', 'string'], pattern: '^-?[0-9]+$', minimum: -1 }));

export const consoleOutput = hostQuestion('consoleOutput', {
  summary: 'Read the last lines of the serial console.',
  policy: 'os_compute_api:os-console-output',
  input: t.Object({ lines: t.Optional(t.Integer()) }),
  rest: restFace({
    key: 'os-getConsoleOutput',
    body: strictObject({ length: t.Optional(length) }),
    input: (body) => (body.length === undefined || body.length === null || Number(body.length) < 0 ? {} : { lines: Number(body.length) }),
    status: 200,
    answers: { schema: strictObject({ output: t.String() }), of: (output: string) => ({ output }) },
  }),
  ask: ({ driver, serverId, input }) => driver.consoleOutput(serverId, input.lines),
  returns: t.String(),
});
