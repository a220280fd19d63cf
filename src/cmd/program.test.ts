import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runService } from './cloud/run-service.ts';
import { runProgram } from './program.ts';
import type { Service } from './service.ts';
import { services } from './services.ts';

let ran: { name: string; args: readonly string[] }[] = [];
let said = '';
const service = (name: string): Service => ({
  name,
  summary: `Run ${name}.`,
  load: async () => ({
    run: async (args) => {
      if (args[0] === '--broken') throw new Error('the disk is full');
      if (args[0] === '--misconfigured') throw new Error('a.conf:1: wrong\na.conf:2: wrong too');
      ran.push({ name, args });
    },
  }),
});
const run = (...args: string[]) => runProgram(args, [service('all'), service('conductor'), service('manage')]);

beforeEach(() => {
  ran = [];
  said = '';
  const listen = (text: unknown) => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stderr, 'write').mockImplementation(listen);
  vi.spyOn(process.stdout, 'write').mockImplementation(listen);
  vi.spyOn(console, 'error').mockImplementation(listen);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('a service gets everything that follows its name', async () => {
  expect(await run('conductor', '--config-file', 'a.conf', '--help', 'x')).toBe(0);
  expect(ran).toEqual([{ name: 'conductor', args: ['--config-file', 'a.conf', '--help', 'x'] }]);
});

test('an unknown service is a usage error that names the nearest one', async () => {
  expect(await run('conducter')).toBe(2);
  expect(said).toBe('nova-ts: there is no service "conducter"; did you mean "conductor"? (known: all, conductor, manage)\n');
});

test('an unknown option before the service is a usage error', async () => {
  expect(await run('--nonsense')).toBe(2);
  expect(said).toContain("unknown option '--nonsense'");
});

/** The command line handling of a service, and the real programs that end by themselves. */
const real: readonly Service[] = [
  { name: 'all', summary: '', load: async () => ({ run: (args) => runService('all', args, async () => ({})) }) },
  ...services.filter(({ name }) => ['manage', 'demo', 'forward'].includes(name)),
];

test.each([
  'all --wrong',
  'all wrong',
  'all --config-file',
  'demo --wrong',
  'demo --stop',
  'manage',
  'manage wrong',
  'manage --wrong',
  'manage trace',
  'manage trace req-1 --wrong',
  'manage verify --wrong',
  'manage events --wrong',
  'manage events --after',
  'manage verify wrong',
  'forward',
  'forward guest',
  'forward guest 65536',
  'forward guest 22 22 22',
  'manage remove-host',
  'manage remove-host sim --wrong',
])('nova-ts %s is a usage error that says so', async (line) => {
  expect(await runProgram(line.split(' '), real)).toBe(2);
  expect(said).not.toBe('');
});

test.each(['all --help', 'demo --help', 'manage --help', 'manage verify --help'])('nova-ts %s is no error', async (line) => {
  expect(await runProgram(line.split(' '), real)).toBe(0);
});

test('without arguments it prints the help, as a usage error', async () => {
  expect(await run()).toBe(2);
  expect(said).toContain('Run conductor.');
});

test('the help lists each service by its name, with examples and the environment', async () => {
  expect(await run('--help')).toBe(0);
  expect(said).toMatch(/^ {2}conductor +Run conductor\.$/m);
  expect(said).not.toContain('[args');
  for (const part of ['Examples:', 'nova-ts start', 'Environment', 'NOVA_STATE_DIR']) expect(said).toContain(part);
});

test('help and version are no errors', async () => {
  expect(await run('--help')).toBe(0);
  expect(await run('--version')).toBe(0);
  expect(said).toMatch(/\d+\.\d+\.\d+\n$/);
});

test('each mistake in the configuration has its line', async () => {
  expect(await run('all', '--misconfigured')).toBe(1);
  expect(said).toBe('nova-ts: a.conf:1: wrong\nnova-ts: a.conf:2: wrong too');
});

test('a service that fails says why in one line', async () => {
  expect(await run('all', '--broken')).toBe(1);
  expect(said).toBe('nova-ts: the disk is full');
});
