/** Compares the documentation with the tree: a renamed file, option or service fails here. */
import { expect, test } from 'vitest';
import { defaultPorts } from '../src/cmd/nova-config.ts';
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
  // Read before the configuration: its file, and whether the demo may install packages.
  const others = ['NOVA_CONFIG', 'NOVA_NO_INSTALL'];
  expect([...named('README.md', /^NOVA_/)].sort()).toEqual([...fromOptions, ...others].sort());
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
    const [resource = '', ...names] = [...row.matchAll(/`([\w.]+)`/g)].map(([, name]) => name ?? '');
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
