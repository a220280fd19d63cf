import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Type as t, type TSchema } from '@sinclair/typebox';
import { computeResources } from '../src/api/openstack/compute/resources.ts';
import { computeRoutes } from '../src/api/openstack/compute/routes.ts';
import type { Route } from '../src/api/pipeline/route.ts';
import { seededIds } from '../src/lib/clock/ids.ts';
import { live, type Microversion } from '../src/lib/versioning/microversion.ts';
import type { Resource, View } from '../src/lib/versioning/resource.ts';
import { errorsOf, fits, InvalidInput } from '../src/lib/versioning/validation.ts';
import { versions } from '../src/microversions.ts';
import * as samples from './support/domain-samples.ts';
import { someVolumeInService, someVolumeSnapshot } from './support/volume-samples.ts';
import { sampleOf } from './support/schema-samples.ts';

/** Every resource and body of the compute API at every version: version windows must fit together, not only one by one. */

const FOLDER = join(import.meta.dirname, '../src/api/openstack/compute');
const SAMPLES_PER_FORM = 20;
const BODIES_PER_FORM = 15;

/** A sample for each view, by file and export; a view without one fails. */
const shows: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'flavors/view.ts flavorSummary': samples.someFlavor,
  'flavors/view.ts flavorView': samples.someFlavor,
  'hypervisors/view.ts hypervisorSummary': samples.someHypervisor,
  'hypervisors/view.ts hypervisorUptime': samples.someHypervisor,
  'hypervisors/view.ts hypervisorView': samples.someHypervisor,
  'limits/view.ts limitsView': samples.someLimitsAndUse,
  'quotas/view.ts changedQuotaClassView': samples.someLimits,
  'quotas/view.ts changedQuotaSetView': samples.someLimits,
  'quotas/view.ts quotaClassView': samples.whose(samples.someLimits),
  'quotas/view.ts quotaDetailView': samples.whose(samples.someLimitsAndUse),
  'quotas/view.ts quotaSetView': samples.whose(samples.someLimits),
  'servers/action-view.ts actionSummary': samples.someAction,
  'servers/action-view.ts actionView': samples.someActionInFull,
  'proxies/default-rules.ts defaultRuleView': samples.someDefaultRule,
  'proxies/floating-ips.ts floatingIpView': samples.somePooledIp,
  'proxies/fping.ts pingedServerView': samples.somePingedServer,
  'proxies/image-view.ts imageSummary': samples.someShownImage,
  'proxies/image-view.ts imageView': samples.someShownImage,
  'proxies/networks.ts networkView': samples.someShownNetwork,
  'proxies/networks.ts tenantNetworkView': samples.someShownNetwork,
  'proxies/snapshots.ts volumeSnapshotView': someVolumeSnapshot,
  'proxies/volume-view.ts volumeView': someVolumeInService,
  'servers/consoles.ts consoleTokenView': samples.someOpenedConsole,
  'servers/consoles.ts remoteConsoleView': samples.someRemoteConsole,
  'servers/external-events.ts externalEventView': samples.someDelivery,
  'servers/fixed-addresses.ts virtualInterfaceView': samples.somePort,
  'servers/interfaces.ts interfaceView': samples.somePort,
  'servers/volume-attachment-view.ts attachmentView': samples.someShownVolume,
  'servers/volume-attachment-view.ts newAttachmentView': samples.someShownVolume,
  'servers/migrations.ts serverMigrationView': samples.someMigration,
  'servers/summary.ts serverSummary': samples.someServer,
  'servers/view.ts serverInList': samples.someServer,
  'servers/view.ts serverView': samples.someServer,
  'servers/view.ts updatedServerView': samples.someServer,
  'servers/view.ts rebuiltServerView': samples.someServer,
  'services/view.ts serviceView': samples.someService,
};

const isResource = (value: unknown): value is Resource<unknown> =>
  typeof value === 'object' && value !== null && 'render' in value && 'schemaAt' in value && 'name' in value;

/** All views that the compute API's files export. */
async function allViews(): Promise<Record<string, Resource<unknown>>> {
  const found: Record<string, Resource<unknown>> = {};
  for await (const file of glob('**/*.ts', { cwd: FOLDER })) {
    if (file.endsWith('.test.ts')) continue;
    for (const [name, value] of Object.entries<unknown>(await import(join(FOLDER, file))))
      if (isResource(value)) found[`${file} ${name}`] = value;
  }
  return found;
}

/** Views of resources declared by `resourceOf` have their own samples. */
const declared = new Map<unknown, fc.Arbitrary<unknown>>(
  computeResources.flatMap((face) => face.views.map(({ view, samples: some }) => [view, fc.constantFrom(...some)] as const)),
);
const exported = await allViews();
const others = [...declared.keys()].filter(isResource).filter((view) => !Object.values(exported).includes(view));
const views = { ...exported, ...Object.fromEntries(others.map((view) => [view.name, view])) };
const samplesOf = (name: string, view: unknown) => declared.get(view) ?? shows[name];

const viewFor = (at: Microversion, isAdmin: boolean): View => ({
  at,
  may: () => isAdmin,
  baseUrl: 'http://127.0.0.1:8774/v2.1',
  bookmarkUrl: 'http://127.0.0.1:8774',
});

/** The distinct forms of a schema, each with its versions, so that equal ones are tested once. */
function formsOf(schemaAt: (at: Microversion) => TSchema, among: readonly Microversion[]): { schema: TSchema; at: Microversion }[] {
  const byText = Map.groupBy(among, (at) => JSON.stringify(schemaAt(at)));
  return [...byText.values()].flatMap(([at]) => (at ? [{ schema: schemaAt(at), at }] : []));
}

test('every view of the compute API has a sample', () => {
  const unknown = Object.entries(views).filter(([name, view]) => samplesOf(name, view) === undefined);
  expect(unknown.map(([name]) => name)).toEqual([]);
  expect(Object.keys(shows).filter((name) => !(name in views))).toEqual([]);
});

describe.each(Object.entries(views))('%s', (name, view) => {
  test('rendered views fit the schema of their version, for every caller', () => {
    const schemas = new Map(formsOf(view.schemaAt, versions.all).map(({ schema }) => [JSON.stringify(schema), schema]));
    const drawn = fc.sample(samplesOf(name, view) ?? fc.constant(undefined), { seed: 1, numRuns: SAMPLES_PER_FORM });
    for (const at of versions.all) {
      const schema = schemas.get(JSON.stringify(view.schemaAt(at))) ?? view.schemaAt(at);
      for (const isAdmin of [true, false])
        for (const sample of drawn) {
          const rendered: unknown = JSON.parse(JSON.stringify(view.render(sample, viewFor(at, isAdmin))));
          expect([at.version, errorsOf(schema, rendered)]).toEqual([at.version, []]);
        }
    }
  });
});

const bodied = computeRoutes.filter(({ body }) => body !== undefined);
const placeOf = ({ method, path, action }: Route<never>): string => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')} ${action ?? ''}`.trim();

test.each([...Map.groupBy(bodied, placeOf)])(
  '%s takes a body at the versions that allow its fields, and refuses it elsewhere',
  (_place, routes) => {
    const forms = routes.flatMap((route) => {
      const alive = versions.all.filter((at) => live(route, at));
      return formsOf((at) => route.body?.schemaAt(at) ?? t.Unknown(), alive).map((form) => ({ ...form, route }));
    });
    for (const { schema, at } of forms) {
      const bodies = bodiesOf(schema);
      expect([at.version, bodies.length > 0]).toEqual([at.version, true]);
      for (const body of bodies) {
        for (const other of forms) {
          const outcome = parsed(other.route, other.at, body);
          const told = [`made at ${at.version}`, `read at ${other.at.version}`, JSON.stringify(body), outcome] as const;
          const expected = expectedOf(schema, other.schema, body);
          if (expected === 'taken') expect(told).toEqual([...told.slice(0, 3), 'taken']);
          else if (expected === 'refused') expect(told).toEqual([...told.slice(0, 3), expect.stringMatching(/^refused: ./)]);
        }
      }
    }
  },
);

const bodiesOf = (schema: TSchema): unknown[] =>
  Array.from({ length: BODIES_PER_FORM }, (_, seed) => sampleOf(schema, seededIds(seed * 7 + 3)))
    .map((body): unknown => JSON.parse(JSON.stringify(body)))
    .filter((body) => fits(schema, body));

/** Reading any body gives its newest form or a declared refusal. */
function parsed(route: Route<never>, at: Microversion, body: unknown): string {
  try {
    route.body?.parse(body, at);
    return 'taken';
  } catch (error) {
    if (InvalidInput.is(error)) return `refused: ${error.message}`;
    throw error;
  }
}

/** `taken` if the schemas agree on the parts that the body uses, `refused` if the reader's lacks a key of the body. */
function expectedOf(made: TSchema, read: TSchema, body: unknown): 'taken' | 'refused' | 'either' {
  if (JSON.stringify(usedOf(made, body)) === JSON.stringify(usedOf(read, body))) return 'taken';
  return lacks(read, body) ? 'refused' : 'either';
}

/** The part of a schema that a value uses: for objects, only the value's keys. */
function usedOf(schema: unknown, value: unknown): unknown {
  const properties: unknown = Object(schema)['properties'];
  if (!isRecord(schema) || !isRecord(properties) || !isRecord(value)) return schema;
  const used = Object.keys(value).map((key) => [key, Object.hasOwn(properties, key) ? usedOf(properties[key], value[key]) : null]);
  return { ...schema, properties: Object.fromEntries(used) };
}

/** Whether the value has a key that the schema does not allow. */
function lacks(schema: unknown, value: unknown): boolean {
  const properties: unknown = Object(schema)['properties'];
  if (!isRecord(schema) || !isRecord(properties) || !isRecord(value)) return false;
  const isClosed = schema['additionalProperties'] === false && schema['patternProperties'] === undefined;
  return Object.entries(value).some(([key, inner]) => (Object.hasOwn(properties, key) ? lacks(properties[key], inner) : isClosed));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
