import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ConsoleProxy } from '../../src/consoles/proxies/console-proxy.ts';
import { spicePages } from '../../src/consoles/proxies/pages-of.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { isDotSet } from '../../src/virt/fake/machine/font.ts';
import { type Browser, missingBrowser, startBrowser } from '../support/browser.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { consoleUrl } from '../support/console-viewer.ts';
import { proxyToConsole } from '../support/direct-proxy.ts';
import { isDrawnIn, readPpm } from '../support/picture.ts';
import { missingClients, startXScreen, type XScreen } from '../support/x-screen.ts';

/** The dots of the screen as text: the cells are 8 by 16 pixels, the dots two pixels high. */
const PIXELS = `(() => {
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: canvas.height / 2 }, (_, y) =>
    Array.from({ length: canvas.width }, (_, x) => (data[(y * 2 * canvas.width + x) * 4] > 0x80 ? '#' : ' ')).join('')).join('\\n');
})()`;

/** Whether the dots show a text somewhere in the last row of text. */
function isDrawn(dots: string, text: string): boolean {
  const lines = dots.split('\n').slice(-8);
  const columns = Math.floor((lines[0]?.length ?? 0) / 8);
  const isAt = (start: number) =>
    [...text].every((char, n) =>
      lines.every((line, y) => [0, 1, 2, 3, 4].every((x) => (line[(start + n) * 8 + x] === '#') === isDotSet(char, x, y))),
    );
  return Array.from({ length: columns - text.length + 1 }, (_, start) => start).some(isAt);
}

/** Where the page is whose WebSocket has this address. */
const pageOf = (address: string) => address.replace(/^ws:/, 'http:');

/** Whether the terminal shows a text. */
const rows = (text: string) =>
  `document.querySelector('.xterm-rows')?.innerText.replaceAll('\\u00a0', ' ').includes(${JSON.stringify(text)})`;

/** A service of consoles that nobody asks. */
const refuse = () => Promise.reject(new Error('nothing is opened'));

describe.skipIf(missingBrowser !== undefined)(`console pages in a browser${missingBrowser ? ` (${missingBrowser})` : ''}`, () => {
  let cloud: Cloud;
  let demo: CloudClient;
  let browser: Browser;
  let id: string;

  beforeAll(async () => {
    [cloud, browser] = await Promise.all([
      startCloud({ env: { NOVA_FAKE_HOSTS: '2' }, config: '[spice]\nenabled = true\n' }),
      startBrowser(),
    ]);
    demo = await cloud.demo();
    id = await demo.boot({ name: 'shown' });
    expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  });
  afterAll(async () => {
    await browser?.close();
    await cloud?.destroy();
  });

  test('a login and a command on the serial port, by text', async () => {
    const page = await browser.open(pageOf(await consoleUrl(demo, id, 'serial', 'serial')));
    await page.shows(rows('shown login:'), 'the page shows the prompt');
    await page.type('root\recho hello\r');
    await page.shows(rows('\nhello'), 'the page shows the answer');
    await page.type('exit\r');
  });

  test.each([
    ['VNC', 'vnc', 'novnc', `document.title === 'shown'`],
    ['SPICE', 'spice', 'spice-html5', 'true'],
  ])('a login and a command on the screen over %s, by pixels', async (_, protocol, kind, isNamed) => {
    const page = await browser.open(await consoleUrl(demo, id, protocol, kind));
    await page.shows(`${isNamed} && document.querySelector('canvas')?.width === 640`, 'the page shows the screen');
    const draws = async (text: string) =>
      expect.poll(async () => isDrawn(String(await page.evaluate(PIXELS)), text), { timeout: 20_000 }).toBe(true);
    await draws('shown login:');
    await page.evaluate(`document.querySelector('canvas').focus()`);
    await page.type('root\r');
    await draws('root@shown:~$');
    await page.type('echo hi');
    await draws('root@shown:~$ echo hi');
    await page.type('\rexit\r');
  });

  test.each([
    ['VNC', 'vnc', 'novnc'],
    ['SPICE', 'spice', 'spice-html5'],
  ])('what is pasted, or written with the keyboard of a phone, is typed over %s', async (_, protocol, kind) => {
    const page = await browser.open(await consoleUrl(demo, id, protocol, kind));
    await page.shows(`document.querySelector('canvas')?.width === 640`, 'the page shows the screen');
    const draws = async (text: string) =>
      expect.poll(async () => isDrawn(String(await page.evaluate(PIXELS)), text), { timeout: 20_000 }).toBe(true);
    await page.evaluate(`navigator.clipboard.readText = async () => 'Root #1\\n'; document.getElementById('paste').click()`);
    await draws('Root #1@shown:~$');
    await page.evaluate(`document.getElementById('keyboard').click()`);
    /** The field as the keyboard leaves it, after what it was filled with. */
    const writes = (text: string) =>
      page.evaluate(`(() => {
        const field = document.activeElement;
        field.value = ' '.repeat(8) + ${JSON.stringify(text)};
        field.dispatchEvent(new InputEvent('input'));
      })()`);
    for (const text of ['ech', 'exho', 'exit']) await writes(text);
    await draws('$ exit');
    await writes('exit\n');
    await draws('shown login:');
  });

  test.each([
    ['serial', 'serial', `document.querySelector('.xterm-rows') !== null`],
    ['vnc', 'novnc', `document.querySelector('canvas')?.width === 640`],
  ])('the button of a %s page connects it anew, once', async (protocol, type, isDrawn) => {
    const page = await browser.open(pageOf(await consoleUrl(demo, id, protocol, type)));
    await page.shows(`${isDrawn} && document.getElementById('state').innerText !== 'connecting'`, 'the console is shown');
    await page.evaluate(`(() => {
      window.sockets = [];
      const construct = (Plain, asked) => {
        const socket = new Plain(...asked);
        window.sockets.push(socket);
        return socket;
      };
      window.WebSocket = new Proxy(WebSocket, { construct });
      for (const press of [1, 2]) document.getElementById('reconnect').click();
    })()`);
    await page.shows('window.sockets.at(-1).readyState === WebSocket.OPEN', 'the page has connected anew');
    // A page that took the end of the earlier connection for an outage would try again within half a second.
    await setTimeout(2_000);
    const open = 'window.sockets.map(({ readyState }) => readyState === WebSocket.OPEN)';
    expect(await page.evaluate(`[${open}, document.getElementById('notice').hidden]`)).toEqual([[false, true], true]);
  });

  test('an address that is open in one page opens in no other, and again after a reload', async () => {
    const address = pageOf(await consoleUrl(demo, id, 'serial', 'serial'));
    const page = await browser.open(address);
    await page.shows(rows('shown'), 'the console is shown');
    const another = await browser.open(address);
    await another.shows(`document.getElementById('notice')?.innerText.includes('open in another page already')`, 'the other page says why');
    await page.evaluate('location.reload()');
    await page.shows(`performance.getEntriesByType('navigation')[0].type === 'reload' && ${rows('shown')}`, 'it is shown again');
  });

  test.each([
    ['serial', 'serial', rows('shown')],
    ['vnc', 'novnc', `document.querySelector('canvas')?.width === 640`],
  ])('the %s page of somebody who may only look shows the console', async (protocol, type, isDrawn) => {
    const page = await browser.open(pageOf(await consoleUrl(demo, id, protocol, type)));
    await page.shows(`${isDrawn} && document.getElementById('state').innerText !== 'connecting'`, 'the console is shown');
    await page.evaluate(`window.prompt = (_, address) => { window.shared = address; }; document.getElementById('share').click()`);
    await page.shows('window.shared !== undefined', 'the page gives an address');
    const looker = await browser.open(String(await page.evaluate('window.shared')));
    await looker.shows(`${isDrawn} && document.getElementById('share') === null`, 'the console is shown to the other');
  });

  test('the pages of a server that moves while it runs show it again by themselves', async () => {
    const [serial, screen] = await Promise.all(
      [
        ['serial', 'serial'],
        ['vnc', 'novnc'],
      ].map(async ([protocol = '', type = '']) => await browser.open(pageOf(await consoleUrl(demo, id, protocol, type)))),
    );
    if (!serial || !screen) return;
    await serial.shows(rows('shown'), 'the serial port is shown');
    await screen.shows(`document.getElementById('state').innerText === 'shown'`, 'the screen is shown');
    await screen.evaluate(`document.getElementById('state').innerText = 'before'`);
    const admin = await cloud.admin();
    const before = (await admin.server(id))['OS-EXT-SRV-ATTR:host'];
    const body = { 'os-migrateLive': { host: null, block_migration: 'auto' } };
    const headers = { 'openstack-api-version': 'compute 2.80' };
    expect(await admin.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body, headers)).toMatchObject({ status: 202 });
    await demo.settled(id);
    expect((await admin.server(id))['OS-EXT-SRV-ATTR:host']).not.toBe(before);
    await screen.shows(`document.getElementById('state').innerText === 'shown'`, 'the screen is shown again');
    await serial.shows(`document.getElementById('state').innerText === 'connected'`, 'the serial port is shown again');
    await serial.type('root\recho moved\r');
    await serial.shows(rows('\nmoved'), 'it answers');
    await serial.type('exit\r');
  });

  /** Where a client connects to see the console behind an address, through a proxy of another make. */
  const direct = async (protocol: string, type: string): Promise<number> => {
    const proxy = await proxyToConsole(await cloud.admin(), id, protocol, type);
    onTestFinished(() => proxy.close());
    return proxy.port;
  };
  describe.skipIf(missingClients !== undefined)(`the distribution's clients${missingClients ? ` (no ${missingClients})` : ''}`, () => {
    let screen: XScreen;
    beforeAll(async () => {
      screen = await startXScreen();
    });
    afterAll(() => screen?.close());

    const draws = (text: string) => expect.poll(async () => isDrawnIn(await screen.picture(), text), { timeout: 30_000 }).toBe(true);

    test('TigerVNC shows the screen', async () => {
      screen.run('xtigervncviewer', `127.0.0.1::${await direct('vnc', 'novnc')}`);
      await draws('shown login:');
    });

    test('remote-viewer shows the screen over SPICE, as does spicy', async () => {
      const port = await direct('spice', 'spice-direct');
      const file = join(cloud.stateDir, 'screen.ppm');
      await promisify(execFile)('spicy-screenshot', ['--uri', `spice://127.0.0.1:${port}`, '--out-file', file], { timeout: 30_000 });
      expect(isDrawnIn(readPpm(await readFile(file)), 'shown login:')).toBe(true);
      await expect.poll(async () => isDrawnIn(await screen.picture(), 'shown login:'), { timeout: 10_000 }).toBe(false);
      screen.run('remote-viewer', '--zoom=100', `spice://127.0.0.1:${port}`);
      await draws('shown login:');
    });
  });

  test('the page for SPICE says so where its client is missing', async () => {
    const proxy = new ConsoleProxy({
      type: 'spice-html5',
      pages: spicePages('/nowhere'),
      consoles: { openConsole: refuse, prolongConsole: refuse, recordConsole: refuse, shareConsole: refuse },
      allowedOrigins: [],
      maxSessions: 1,
      idleMs: 0,
      endsWithToken: false,
      tls: undefined,
      clock: systemClock,
      ids: systemIds,
      log: silentLog,
    });
    onTestFinished(() => proxy.close());
    const port = await proxy.listen({ host: '127.0.0.1', port: 0 });
    const page = await browser.open(`http://127.0.0.1:${port}/spice_auto.html?token=t`);
    await page.shows(
      `document.getElementById('notice')?.innerText.includes('install the package spice-html5')`,
      'the page says what is missing',
    );
  });

  test('a page says why an address is no good', async () => {
    const address = pageOf(await consoleUrl(demo, id, 'serial', 'serial'));
    const page = await browser.open(address.replace(/[0-9a-f]{4}$/, 'beef'));
    await page.shows(`document.getElementById('notice')?.innerText.includes('has expired or was revoked')`, 'the page says why');
    const shown = await browser.open(address);
    await shown.shows(rows('shown'), 'the console is shown');
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-stop': null });
    await shown.shows(`document.getElementById('notice')?.innerText.includes('has expired or was revoked')`, 'the page has tried again');
  });
});
