import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { microversions } from './microversion.ts';
import { embedded, embeddedList, field, omit, resource, variants, type View } from './resource.ts';
import { fits } from './validation.ts';

const v = microversions({
  initial: ['2.1', 'First.'],
  lockState: ['2.9', 'Locks are shown.'],
  embeddedFlavor: ['2.47', 'Flavors are embedded.'],
  noLinks: ['2.60', 'Links are gone.'],
});

interface Flavor {
  readonly id: string;
  readonly ramMb: number;
}
interface Server {
  readonly id: string;
  readonly host: string | null;
  readonly locked: boolean;
  readonly fault?: string;
  readonly flavor: Flavor;
}

const flavorView = resource<Flavor>()('flavor', { ram: field(t.Integer(), (flavor) => flavor.ramMb) });
const serverView = resource<Server>()('server', {
  id: field(t.String(), (server) => server.id),
  locked: field(t.Boolean(), (server) => server.locked, { since: v.lockState }),
  host: field(t.Union([t.String(), t.Null()]), (server) => server.host, { policy: 'see-hosts' }),
  flavor: variants(
    field(t.Object({ id: t.String() }), (server) => ({ id: server.flavor.id }), { until: v.embeddedFlavor }),
    embedded(flavorView, (server) => server.flavor, { since: v.embeddedFlavor }),
  ),
  fault: field(t.Optional(t.String()), (server) => server.fault ?? omit),
  link: field(t.String(), (server, { baseUrl }) => `${baseUrl}/servers/${server.id}`, { until: v.noLinks }),
});

const server: Server = { id: 'a', host: 'h1', locked: true, flavor: { id: 'm1', ramMb: 512 } };
const view = (at: View['at'], isAdmin = false): View => ({ at, may: () => isAdmin, baseUrl: 'http://x/v2.1', bookmarkUrl: 'http://x' });

const keys = (at: View['at']) => Object.keys(serverView.render(server, view(at)));

test('a field appears with its version and goes with it', () => {
  expect(keys(v.initial)).toEqual(['id', 'flavor', 'link']);
  expect(keys(v.lockState)).toEqual(['id', 'locked', 'flavor', 'link']);
  expect(keys(v.noLinks)).toEqual(['id', 'locked', 'flavor']);
});

test('a guarded field is shown to those who may see it', () => {
  expect(serverView.render(server, view(v.initial))).not.toHaveProperty('host');
  expect(serverView.render(server, view(v.initial, true))).toHaveProperty('host', 'h1');
});

test('a key changes its shape where its variants meet', () => {
  expect(serverView.render(server, view(v.lockState)).flavor).toEqual({ id: 'm1' });
  expect(serverView.render(server, view(v.embeddedFlavor)).flavor).toEqual({ ram: 512 });
});

test('an optional field is left out by omit', () => {
  expect(serverView.render(server, view(v.initial))).not.toHaveProperty('fault');
  expect(serverView.render({ ...server, fault: 'broken' }, view(v.initial))).toHaveProperty('fault', 'broken');
});

test('what is rendered fits the schema of its version, for everyone', () => {
  const listView = resource<readonly Server[]>()('list', { servers: embeddedList(serverView, (all) => all) });
  for (const at of Object.values(v)) {
    for (const isAdmin of [true, false]) {
      expect(fits(listView.schemaAt(at), listView.render([server], view(at, isAdmin)))).toBe(true);
    }
  }
});

test('overlapping variants are refused when they are declared', () => {
  const one = field(t.String(), (s: Server) => s.id, { until: v.noLinks });
  const two = field(t.String(), (s: Server) => s.id, { since: v.lockState });
  expect(() => resource<Server>()('server', { id: variants(one, two) })).toThrow(/variant 1 of server.id/);
});

test('the compiler ties read to type', () => {
  resource<Server>()('server', {
    // @ts-expect-error a boolean field cannot be read from a string
    locked: field(t.Boolean(), (s) => s.id),
    // @ts-expect-error only optional fields can be left out
    fault: field(t.String(), (s) => s.fault ?? omit),
    // @ts-expect-error the domain type has no such property
    name: field(t.String(), (s) => s.nome),
  });
  expect(v.lockState.version).toBe('2.9');
});
