import { expect, test } from 'vitest';
import { bearsMark } from './server-mark.ts';

const marked = (home: string) =>
  `<domain><metadata>\n<nova:server xmlns:nova="https://nova-ts.example/xmlns/libvirt/1" home=${home} id="1"/></metadata></domain>`;

test.each([
  ['/srv/nova', '"/srv/nova"'],
  ['/srv/my cloud', "'/srv/my cloud'"],
  ['/srv/a&b\'"<c>', '"/srv/a&amp;b\'&quot;&lt;c&gt;"'],
  // As libvirt 9 returns them.
  ['/srv/café', '"/srv/caf&#xE9;"'],
  ['/srv/日🙂', '"/srv/&#x65E5;&#x1F642;"'],
  ['/srv/é', '"/srv/&#233;"'],
  ['/srv/&#xE9;', '"/srv/&amp;#xE9;"'],
])('a guest of the directory %s is known by %s', (home, written) => {
  expect(bearsMark(marked(written), home)).toBe(true);
  expect(bearsMark(marked(written), '/srv/other')).toBe(false);
});
