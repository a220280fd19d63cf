import { expect, test } from 'vitest';
import { ToolMissing, findTool } from './find-tool.ts';
import { CommandFailed, hostShell } from './host-shell.ts';
import { ListenFailed, listenInside } from './listen-inside.ts';

const shell = hostShell({ netns: null });

test('a command gets its input and its output is returned', async () => {
  expect(await shell.run('cat', [], { input: 'hello' })).toEqual({ stdout: 'hello' });
});

test('a failed command reports stderr to the log, not to the public', async () => {
  const error: unknown = await shell.run('sh', ['-c', 'echo secret >&2; exit 3']).catch((thrown: unknown) => thrown);
  expect(error).toSatisfy(CommandFailed.is);
  expect(error).toMatchObject({ message: 'The host command sh failed with exit code 3.', params: { exitCode: 3, stderr: 'secret' } });
});

test('a command that hangs is killed', async () => {
  const hasty = hostShell({ netns: null, timeoutMs: 50 });
  await expect(hasty.run('sleep', ['60'])).rejects.toMatchObject({
    params: { exitCode: null, stderr: expect.stringContaining('timed out after 50 ms') },
  });
});

test('a missing tool is named together with its package', async () => {
  await expect(findTool('no-such-tool')).rejects.toSatisfy(ToolMissing.is);
  await expect(shell.run('no-such-tool', [])).rejects.toThrow('apt-get install no-such-tool');
});

test('listening on an address that is not there says so', async () => {
  await expect(listenInside(null, '192.0.2.1', 0)).rejects.toSatisfy(ListenFailed.is);
});
