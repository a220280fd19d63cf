import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { consoleUrl, view } from '../support/console-viewer.ts';

const BAD_TOKEN = [4401, 'The address of this console has expired or was revoked: ask for a new one.'];

/** Leaves at the end of the test. */
const open = (address: string, origin?: string) => {
  const viewer = view(address, origin);
  onTestFinished(() => viewer.close());
  return viewer;
};

describe('consoles in the browser', () => {
  let cloud: Cloud;
  let demo: CloudClient;
  let id: string;

  beforeAll(async () => {
    cloud = await startCloud();
    demo = await cloud.demo();
    id = await demo.boot({ name: 'shown' });
    expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  });
  afterAll(() => cloud?.destroy());

  const serialUrl = () => consoleUrl(demo, id, 'serial', 'serial');

  test('a login and a command on the serial port, which several viewers share', async () => {
    const address = await serialUrl();
    const [one, other] = [open(address), open(address)];
    await one.reads('shown login: ');
    await other.reads('shown login: ');
    one.send('root\r');
    await other.reads('root@shown:~$ ');
    other.send(Buffer.from('echo hello\r'));
    await one.reads('\r\nhello\r\n');
    const log = await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-getConsoleOutput': {} });
    expect(log.body.output).toContain('echo hello\nhello\n');
  });

  test('the screen speaks VNC', async () => {
    const screen = open(await consoleUrl(demo, id, 'vnc', 'novnc'));
    await screen.reads('RFB 003.008\n');
    screen.send('RFB 003.008\n');
    await screen.reads('\x01\x01');
    screen.send(Buffer.from([1, 1]));
    await screen.reads('shown');
  });

  test('an address that was made up, is of another type, or was revoked, is refused with a reason', async () => {
    const address = await serialUrl();
    expect(await open(address.replace(/[0-9a-f]{4}$/, 'beef')).ended).toEqual(BAD_TOKEN);
    expect(await open(address.replace(/token=.*/, '')).ended).toEqual(BAD_TOKEN);
    const screen = await consoleUrl(demo, id, 'vnc', 'novnc');
    const token = /token(?:=|%3D)(.*)$/.exec(screen)?.[1] ?? '';
    expect(await open(address.replace(/token=.*/, `token=${token}`)).ended).toEqual(BAD_TOKEN);
  });

  test('a page of another origin is refused', async () => {
    expect((await open(await serialUrl(), 'http://evil.example').ended)[0]).toBe(4403);
    const address = await serialUrl();
    const own = open(address, new URL(address).origin.replace('ws:', 'http:'));
    await own.reads('shown');
  });

  test('the pages are served with what they load, and nothing else is', async () => {
    const page = await fetch(await consoleUrl(demo, id, 'vnc', 'novnc'));
    expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
    expect(await page.text()).toContain('/console/vnc.js');
    const status = async (path: string) => (await fetch(`${cloud.url('novnc')}${path}`)).status;
    for (const path of ['/console/vnc.js', '/console/page.js', '/console/console.css', '/novnc/core/rfb.js'])
      expect([path, await status(path)]).toEqual([path, 200]);
    for (const path of ['/', '/console/%2e%2e/pages.ts', '/console/..%2f..%2fapi.ts', '/novnc/', '/console/%00'])
      expect([path, await status(path)]).toEqual([path, 404]);
    expect(await status('//evil.example/')).toBe(400);
    expect((await fetch(`${cloud.url('serial')}/xterm/lib/xterm.mjs`)).status).toBe(200);
  });

  test('a session ends with its guest, and its address with it; no token is in a log', async () => {
    const address = await serialUrl();
    const viewer = open(address);
    await viewer.reads('shown');
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-stop': null });
    expect(await viewer.ended).toEqual([4410, 'The server has stopped, moved or gone.']);
    await demo.settled(id);
    expect(await open(address).ended).toEqual(BAD_TOKEN);
    expect(cloud.logs()).not.toContain(address.split('token=')[1]);
  });

  test('an address is good after all processes were killed', async () => {
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-start': null });
    await demo.settled(id);
    const address = await serialUrl();
    await cloud.kill9();
    await cloud.start();
    await open(address).reads('shown');
  });
});
