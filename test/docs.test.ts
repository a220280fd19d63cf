/** Compares the documentation with the tree: a renamed file, option or service fails here. */
import { expect, test } from 'vitest';
import { defaultPorts, variablesBesideOptions } from '../src/cmd/nova-config.ts';
import { computeRoutes } from '../src/api/openstack/compute/routes.ts';
import { novaOptions } from '../src/cmd/options.ts';
import { services } from '../src/cmd/services.ts';
import { eventTypes } from '../src/events/index.ts';
import { layerRules } from './architecture/layer-rules.ts';
import { codeRows, exists, leadsSomewhere, linksOf, page, pages, pathsOf } from './docs/book.ts';

const named = (path: string, pattern: RegExp): readonly string[] =>
  codeRows(page(path)).flatMap(([name]) => (pattern.test(name) ? [name] : []));

test.each(pages().map((one) => ({ ...one, name: one.path })))('$name links to and names only what exists', (one) => {
  expect(linksOf(one).filter((link) => !leadsSomewhere(link))).toEqual([]);
  expect(pathsOf(one).filter((path) => !exists(path))).toEqual([]);
});

test('a broken link, a link to no heading and a lost path are found', () => {
  const one = { path: 'docs/x.md', text: '[a](../README.md#license) [b](gone.md) [c](../README.md#gone) `src/gone.ts` `src/cmd/main.ts`' };
  expect(linksOf(one).filter((link) => !leadsSomewhere(link))).toEqual([
    { path: 'docs/gone.md', anchor: '' },
    { path: 'README.md', anchor: 'gone' },
  ]);
  expect(pathsOf(one).filter((path) => !exists(path))).toEqual(['src/gone.ts']);
});

test('the README lists exactly the variables that the program reads', () => {
  const fromOptions = novaOptions({ isRoot: false, hostname: 'h' }).flatMap(({ options }) =>
    Object.values(options).flatMap(({ env }) => (env === undefined ? [] : [env])),
  );
  expect([...named('README.md', /^NOVA_/)].sort()).toEqual([...fromOptions, ...variablesBesideOptions].sort());
});

test('the README names the port of every API that is served', () => {
  const ports = codeRows(page('README.md')).filter(([port]) => /^\d+$/.test(port));
  const known = new Set(Object.values(defaultPorts).map(String));
  expect(ports.map(([port]) => port).filter((port) => !known.has(port))).toEqual([]);
  expect(ports.length).toBeGreaterThan(0);
});

test('the page of services lists those of the program, in its order', () => {
  expect(named('docs/operate/services.md', /^nova-ts /)).toEqual(services.map(({ name }) => `nova-ts ${name}`));
});

test('the page of options has every section of the configuration', () => {
  const sections = novaOptions({ isRoot: false, hostname: 'h' }).map(({ name }) => `[${name}]`);
  expect(named('docs/operate/configuration.md', /^\[/)).toEqual(sections);
});

/** The types in one table of the page of events: each row has a resource and what happens to it. */
function eventNames(heading: string): readonly string[] {
  const [, table = ''] = page('docs/operate/events.md').text.split(`| ${heading} |`);
  const rows = table.split('\n\n', 1)[0]?.split('\n').slice(2) ?? [];
  return rows.flatMap((row) => {
    const [resource = '', ...names] = [...row.matchAll(/`([\w.-]+)`/g)].map(([, name]) => name ?? '');
    return names.map((name) => `${resource}.${name}`);
  });
}

test('the page of events names every type', () => {
  const phases = eventNames('takes time').flatMap((name) => ['start', 'end', 'error'].map((phase) => `${name}.${phase}`));
  expect([...phases, ...eventNames('at once')].toSorted()).toEqual([...eventTypes.keys()].toSorted());
});

test('ARCHITECTURE has every layer rule in the words of its breach message', () => {
  const { text } = page('ARCHITECTURE.md');
  expect(layerRules.map(({ law }) => law).filter((law) => !text.includes(`- ${law}\n`))).toEqual([]);
});

/** What the README says is missing: actions, and paths of the compute API. */
const saidMissing = (): readonly string[] => {
  const [, section = ''] = page('README.md').text.split('## What does not, yet');
  const list = section.split('\n- Accepted without effect')[0] ?? '';
  return [...list.matchAll(/`(\/?[\w/{}-]+)`/g)].flatMap(([, name]) => name ?? []);
};
const pathOf = ({ path }: { readonly path: string }) => path.replaceAll(/\{\w+\}/g, '{}');
const isRemoved = ({ summary }: { readonly summary: string }) => summary.startsWith('Removed');
const servedRoutes = computeRoutes.filter((route) => !isRemoved(route));

/** Those that it names although a part of them is served. */
const PARTLY_SERVED: readonly string[] = [];

// Fault 2026-11 A23.
test('what the README calls missing is not served', () => {
  const served = [...servedRoutes.map(pathOf), ...servedRoutes.flatMap(({ action }) => action ?? [])];
  const missing = saidMissing();
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.filter((name) => served.includes(name) && !PARTLY_SERVED.includes(name))).toEqual([]);
  expect(PARTLY_SERVED.filter((name) => !missing.includes(name) || !served.includes(name))).toEqual([]);
});

/** Nova's actions on servers at any version that still has them. */
const ACTIONS_OF_NOVA = `
  addFixedIp addFloatingIp addSecurityGroup changePassword confirmResize createBackup createImage evacuate forceDelete
  injectNetworkInfo lock migrate os-getConsoleOutput os-getSPICEConsole os-getSerialConsole os-getVNCConsole os-migrateLive os-resetState
  os-start os-stop pause reboot rebuild removeFixedIp removeFloatingIp removeSecurityGroup rescue resetNetwork
  resize restore resume revertResize shelve shelveOffload suspend trigger_crash_dump unlock
  unpause unrescue unshelve`
  .trim()
  .split(/\s+/);

// Fault 2026-11 A23.
test('every action of Nova is served, or the README says that it is missing', () => {
  const served = computeRoutes.flatMap(({ action }) => action ?? []);
  expect(ACTIONS_OF_NOVA).toHaveLength(40);
  expect(ACTIONS_OF_NOVA.filter((action) => !served.includes(action) && !saidMissing().includes(action))).toEqual([]);
});
