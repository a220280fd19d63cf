import { expect, test } from 'vitest';
import { Shell } from './shell.ts';

const open = () => new Shell({ hostname: 'web', id: 's-1' });

test('a login, a command, its answer and the way out', () => {
  const shell = open();
  expect(shell.prompt).toBe('web login: ');
  expect(shell.type('root\r')).toBe('root\r\nWelcome to web, a simulated guest. "help" lists the commands.\r\nroot@web:~$ ');
  expect(shell.type('echo one  two\r')).toBe('echo one  two\r\none  two\r\nroot@web:~$ ');
  expect(shell.type('frobnicate\r\n')).toContain('frobnicate: command not found');
  expect(shell.type('constructor\r')).toContain('constructor: command not found');
  expect(shell.type('exit\r')).toMatch(/web login: $/);
});

test('a line can be corrected and given up', () => {
  const shell = open();
  shell.type('root\r');
  expect(shell.type('echp\x7fo a\r')).toContain('\r\na\r\n');
  expect(shell.type('echo b\x03')).toBe('echo b^C\r\nroot@web:~$ ');
  expect(shell.type('\r')).toBe('\r\nroot@web:~$ ');
  expect(shell.type('\x7f')).toBe('');
  expect(shell.type('\x04')).toMatch(/login: $/);
});
