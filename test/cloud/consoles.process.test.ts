import { readdir, readFile } from 'node:fs/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { consoleUrl, view } from '../support/console-viewer.ts';

const USED_TOKEN = [4409, 'This address is open in another page already: ask for one of your own.'];
const BAD_TOKEN = [4401, 'The address of this console has expired or was revoked: ask for a new one.'];

/** Leaves at the end of the test. */
const open = (address: string, more?: Parameters<typeof view>[1]) => {
  const viewer = view(address, more);
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

  const share = (address: string, secret: string) =>
    fetch(`${cloud.url('serial')}/console/share`, { method: 'POST', body: `${new URL(address).search}&viewer=${secret}` });
  const serialUrl = () => consoleUrl(demo, id, 'serial', 'serial');

  test('a login and a command on the serial port, which several viewers share', async () => {
    const [one, other] = [open(await serialUrl()), open(await serialUrl())];
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
    expect((await open(await serialUrl(), { origin: 'http://evil.example' }).ended)[0]).toBe(4403);
    const address = await serialUrl();
    const own = open(address, { origin: new URL(address).origin.replace('ws:', 'http:') });
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

  test('a session ends with its guest, and its address with it', async () => {
    const address = await serialUrl();
    const viewer = open(address);
    await viewer.reads('shown');
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-stop': null });
    expect(await viewer.ended).toEqual([4410, 'The server has stopped, moved or gone.']);
    await demo.settled(id);
    expect(await open(address).ended).toEqual(BAD_TOKEN);
  });

  test('neither a token nor the secret of a viewer is in a log, in the database or on a command line', async () => {
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-start': null });
    await demo.settled(id);
    const body = { remote_console: { protocol: 'serial', type: 'serial' } };
    const headers = { 'openstack-api-version': 'compute 2.8', 'idempotency-key': 'one-console' };
    const given = await demo.ask('compute', 'POST', `/v2.1/servers/${id}/remote-consoles`, body, headers);
    const address = String(given.body.remote_console.url);
    const [secret, token = ''] = ['5ec2e75ec2e75ec2e7', address.split('token=')[1]];
    await open(address, { secret }).reads('shown');
    const pool = new Pool({ connectionString: await cloud.databaseUrl() });
    onTestFinished(() => pool.end());
    const { rows } = await pool.query(`SELECT relname FROM pg_stat_user_tables`);
    expect(rows.map(({ relname }) => relname)).toContain('console_tokens');
    const holds = async (text: string) => {
      const found = rows.map(({ relname }) => pool.query(`SELECT 1 FROM "${relname}" AS a WHERE a::text LIKE $1 LIMIT 1`, [`%${text}%`]));
      return (await Promise.all(found)).some(({ rowCount }) => rowCount !== 0);
    };
    expect(await holds(id)).toBe(true);
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
    expect(commands.join('\n')).toContain('nova-ts');
    for (const kept of [token, secret]) {
      expect(await holds(kept)).toBe(false);
      expect(cloud.logs()).not.toContain(kept);
      expect(commands.join('\n')).not.toContain(kept);
    }
  });

  test('an address is good after all processes were killed', async () => {
    const address = await serialUrl();
    await cloud.kill9();
    await cloud.start();
    await open(address).reads('shown');
  });

  test('an address that was opened is refused to everybody else; its viewer comes again', async () => {
    const address = await serialUrl();
    const viewer = open(address, { secret: 's-1' });
    await viewer.reads('shown');
    for (const stranger of [{}, { secret: 's-2' }]) expect(await open(address, stranger).ended).toEqual(USED_TOKEN);
    viewer.close();
    await viewer.ended;
    await open(address, { secret: 's-1' }).reads('shown');
    const without = await serialUrl();
    await open(without).reads('shown');
    expect(await open(without).ended).toEqual(USED_TOKEN);
  });

  test('a viewer shares what it sees: those with the link look and cannot type', async () => {
    const address = await serialUrl();
    expect((await share(address, 's-1')).status).toBe(403);
    const viewer = open(address, { secret: 's-1' });
    await viewer.reads('shown');
    expect((await share(address, 's-2')).status).toBe(403);
    const { url } = Object(await (await share(address, 's-1')).json());
    const lookers = [open(url), open(url, { secret: 's-3' })];
    await Promise.all(lookers.map((looker) => looker.reads('shown')));
    for (const looker of lookers) looker.send('mischief\r');
    viewer.send('\r');
    viewer.send('harmless');
    await Promise.all(lookers.map((looker) => looker.reads('harmless')));
    expect(viewer.bytes().toString()).not.toContain('mischief');
    expect((await share(url, 's-3')).status).toBe(403);
    viewer.send('\x15');
  });
});
