import { expect, test } from 'vitest';
import { ChildFailed, runToEnd } from './run-to-end.ts';

const LIMIT = { timeoutMs: 10_000 };

test('a program gets its input, and its output is returned', async () => {
  expect(await runToEnd('sh', ['-c', 'cat; echo aside >&2'], { ...LIMIT, input: 'hello' })).toEqual({ stdout: 'hello', stderr: 'aside\n' });
});

test('it runs in a process group of its own, which Ctrl-C at the terminal does not reach', async () => {
  const { stdout } = await runToEnd('sh', ['-c', 'echo $$; cut -d " " -f 5 /proc/$$/stat'], LIMIT);
  const [pid, group] = stdout.split('\n');
  expect(group).toBe(pid);
});

test('a failure tells exit code and standard error', async () => {
  const error: unknown = await runToEnd('sh', ['-c', 'echo no >&2; exit 3'], LIMIT).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ChildFailed);
  expect(error).toMatchObject({ exitCode: 3, stderr: 'no\n', message: 'Command failed (exit code 3): sh -c echo no >&2; exit 3\nno' });
});

test('a program that is not there is a failure', async () => {
  await expect(runToEnd('/no/such/program', [], LIMIT)).rejects.toMatchObject({
    exitCode: null,
    message: expect.stringContaining('ENOENT'),
  });
});

test('a program that takes too long ends with everything that it started', async () => {
  const hang = runToEnd('sh', ['-c', 'sleep 60 & sleep 60'], { timeoutMs: 100 });
  await expect(hang).rejects.toMatchObject({ exitCode: null, message: expect.stringContaining('timed out after 100 ms') });
});

test('a signal gives it up', async () => {
  const given = new AbortController();
  const running = runToEnd('sleep', ['60'], { ...LIMIT, signal: given.signal });
  given.abort();
  await expect(running).rejects.toMatchObject({ message: expect.stringContaining('given up') });
  expect(() => runToEnd('sleep', ['60'], { ...LIMIT, signal: given.signal })).toThrow();
});
