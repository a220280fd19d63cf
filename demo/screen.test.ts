import { expect, test } from 'vitest';
import { screenOn } from './screen.ts';

const shown = (paper: { isTTY?: boolean; columns?: number }, env = {}): string => {
  let text = '';
  const screen = screenOn({ ...paper, write: (piece) => (text += piece) }, env);
  screen.heading('One');
  screen.progress('waiting for ever and ever, and a little longer');
  screen.say('a\nb');
  return text;
};

test('a file gets plain lines and no progress', () => {
  expect(shown({})).toBe('==> One\n    a\n    b\n');
});

test('a terminal gets colours, and progress on one line that what follows replaces', () => {
  expect(shown({ isTTY: true, columns: 20 })).toBe(
    ['\u001b[1m==> One\u001b[0m\n', '    \u001b[2mwaiting for ever and ever, and a li\u001b[0m', '\r\u001b[2K    a\n    b\n'].join(''),
  );
});

test('a terminal whose owner wants no colours gets none', () => {
  expect(shown({ isTTY: true, columns: 80 }, { NO_COLOR: '1' })).not.toContain('\u001b[1m');
});
