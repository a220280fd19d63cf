import { expect, test } from 'vitest';
import { linesOf } from './console.ts';

test('what a console prints for terminals does not reach ours', () => {
  expect(linesOf('\u001bc\u001b[?7l\u001b[2JSeaBIOS\r\n\r\n\u001b[1;31mred\u001b[0m\u0007 text \r\n')).toEqual(['SeaBIOS', 'red text']);
});
