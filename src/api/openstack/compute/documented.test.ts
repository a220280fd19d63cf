import { expect, test } from 'vitest';
import { live } from '../../../lib/versioning/microversion.ts';
import { versions } from '../../../microversions.ts';
import { openApiFaults } from '../../../../test/support/openapi-faults.ts';
import { documentsOf } from '../openapi/documents.ts';
import { documentedCompute } from './documented.ts';

const documentOf = documentsOf(documentedCompute);
const documentAt = (version: string) => JSON.parse(String(documentOf(version)));

/** `POST /servers/{}/action pause` for every operation and action of a document. */
function shownIn(document: { paths: Record<string, Record<string, Operation>> }): string[] {
  return Object.entries(document.paths).flatMap(([path, { parameters: _, ...operations }]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`;
      return path.endsWith('/action') ? actionsOf(operation).map((action) => `${where} ${action}`) : [where];
    }),
  );
}

interface Operation {
  readonly requestBody: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}
interface Schema {
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

const actionsOf = ({ requestBody }: Operation): string[] => {
  const { schema } = requestBody.content['application/json'];
  return (schema.oneOf ?? [schema]).flatMap(({ properties }) => Object.keys(properties ?? {}));
};

test.each(versions.all.map((at) => [at.version, at] as const))(
  'the document of %s is OpenAPI and shows what is live, and nothing else',
  (version, at) => {
    const document = documentAt(version);
    expect(openApiFaults(document)).toEqual([]);
    expect(document).toMatchObject({ info: { version }, servers: [{ url: '/v2.1' }] });
    const expected = documentedCompute.routes
      .filter((route) => live(route, at))
      .map(({ method, path, action }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}${action === undefined ? '' : ` ${action}`}`);
    expect(shownIn(document).toSorted()).toEqual(expected.toSorted());
  },
);

/** What a list answers, by the document of a version. */
const listedAt = (version: string, path: string): object => {
  const { content } = documentAt(version).paths[path].get.responses['200'];
  return content['application/json'].schema.properties;
};

test.each([
  ['/os-keypairs', 'keypairs_links', '2.34', '2.35'],
  ['/os-hypervisors', 'hypervisors_links', '2.32', '2.33'],
  ['/os-hypervisors/detail', 'hypervisors_links', '2.32', '2.33'],
  ['/servers/{id}/os-instance-actions', 'links', '2.57', '2.58'],
])('%s tells where the next page is, in %s, not at %s but at %s', (path, key, last, first) => {
  expect(listedAt(last, path)).not.toHaveProperty(key);
  expect(listedAt(first, path)).toHaveProperty(key);
});

test('a hypervisor in full tells its servers since 2.53', () => {
  const servers = ['hypervisors', 'items', 'properties', 'servers'];
  expect(listedAt('2.52', '/os-hypervisors/detail')).not.toHaveProperty(servers);
  expect(listedAt('2.53', '/os-hypervisors/detail')).toHaveProperty(servers);
});

test('a document is made once, and none is made for a version that there is not', () => {
  expect(documentOf('2.1')).toBe(documentOf('2.1'));
  expect(['2.0', '2.9999', 'latest', ''].map(documentOf)).toEqual([undefined, undefined, undefined, undefined]);
});
