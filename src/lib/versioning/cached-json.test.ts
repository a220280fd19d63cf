import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { cachedJson } from './cached-json.ts';
import { field, type Resource, resource, type View } from './resource.ts';

const versions = [1, 2].map((ordinal) => ({ name: `v${ordinal}`, version: `2.${ordinal}`, summary: '', ordinal }));
const [v1, v2] = versions as [(typeof versions)[0], (typeof versions)[0]];

interface Thing {
  readonly name: string;
}

/** A resource, and how often its name was read. */
function things(secret = (_thing: Thing, view: View) => (view.may('admin') ? 'yes' : 'no')) {
  const reads: string[] = [];
  const inner = resource<Thing>()('thing', {
    name: field(t.String(), ({ name }) => {
      reads.push(name);
      return name;
    }),
    host: field(t.String(), () => 'h', { policy: 'admin' }),
    secret: field(t.String(), secret, { since: v2 }),
    self: field(t.String(), (_thing, view) => view.baseUrl),
  });
  return { view: cachedJson(inner), reads };
}

const text = (view: Resource<Thing>, thing: Thing, seen: View) => String(view.json?.(thing, seen));

const viewOf = (options: Partial<View> = {}): View => ({
  at: v2,
  may: () => false,
  baseUrl: 'http://a',
  bookmarkUrl: 'http://b',
  ...options,
});

test('a text is what the resource renders, and is made once for a value and a kind of view', () => {
  const { view, reads } = things();
  const thing = { name: 'x' };
  const first = text(view, thing, viewOf());
  expect(JSON.parse(first)).toEqual(view.render(thing, viewOf()));
  expect(text(view, thing, viewOf())).toBe(first);
  expect(reads).toHaveLength(2);
  expect(text(view, { name: 'y' }, viewOf())).toContain('"y"');
});

test('another version, right or link sees another text', () => {
  const { view } = things();
  const thing = { name: 'x' };
  const texts = [viewOf(), viewOf({ at: v1 }), viewOf({ may: () => true }), viewOf({ baseUrl: 'http://c' })].map((one) =>
    text(view, thing, one),
  );
  expect(new Set(texts).size).toBe(4);
  expect(texts.map((text) => Object.keys(JSON.parse(text)))).toEqual([
    ['name', 'secret', 'self'],
    ['name', 'self'],
    ['name', 'host', 'secret', 'self'],
    ['name', 'secret', 'self'],
  ]);
});

test('a field that asks about a rule which none declares is refused, for the text would not follow it', () => {
  const { view } = things((_thing, { may }) => (may('another') ? 'yes' : 'no'));
  expect(() => text(view, { name: 'x' }, viewOf())).toThrow('declares the rule another');
});

test('of many kinds of view the newest are kept', () => {
  const { view, reads } = things();
  const thing = { name: 'x' };
  for (let n = 0; n < 20; n += 1) text(view, thing, viewOf({ baseUrl: `http://${n}` }));
  text(view, thing, viewOf({ baseUrl: 'http://19' }));
  expect(reads).toHaveLength(20);
  text(view, thing, viewOf({ baseUrl: 'http://0' }));
  expect(reads).toHaveLength(21);
});
