/** Checks that a document is OpenAPI 3.1, by the rules of the specification that a generated document could break. */
import { Ajv2020 } from 'ajv/dist/2020.js';

type Json = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Every violation of OpenAPI 3.1 in a document, as sentences. */
export function openApiFaults(document: Json): string[] {
  const paths = Object.entries(objectIn(document, 'paths'));
  const operations = paths.flatMap(([path, item]) => operationsIn(path, item));
  return [
    ...unless(/^3\.1\.\d+$/.test(String(document['openapi'])), 'it does not say which OpenAPI it is'),
    ...unless(isText(at(document, 'info', 'title')) && isText(at(document, 'info', 'version')), 'it has no title or version'),
    ...repeated(paths.map(([path]) => path.replaceAll(/\{\w+\}/g, '{}'))).map((path) => `two templates are ${path}`),
    ...repeated(operations.map(({ operation }) => String(operation['operationId']))).map((id) => `two operations are called ${id}`),
    ...paths.flatMap(([path, item]) => pathFaults(path, item, document)),
    ...operations.flatMap(({ where, operation }) => operationFaults(where, operation, document)),
    ...referencesIn(document)
      .filter((reference) => resolve(document, reference) === undefined)
      .map((reference) => `${reference} leads nowhere`),
  ];
}

interface Operation {
  readonly where: string;
  readonly operation: Json;
}

const operationsIn = (path: string, item: unknown): Operation[] =>
  METHODS.flatMap((method) => {
    const operation = at(item, method);
    return operation === undefined ? [] : [{ where: `${method} ${path}`, operation: Object(operation) }];
  });

function pathFaults(path: string, item: unknown, document: Json): string[] {
  const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parametersIn(item, document).filter((one) => one['in'] === 'path');
  const names = declared.map((one) => one['name']);
  const strange = Object.keys(Object(item)).filter((key) => !METHODS.includes(key) && key !== 'parameters');
  return [
    ...unless(path.startsWith('/'), `${path} does not begin with a slash`),
    ...unless(
      templated.length === names.length && templated.every((name) => names.includes(name)),
      `${path} does not declare its parameters`,
    ),
    ...unless(
      declared.every((one) => one['required'] === true),
      `${path} has a parameter that may be missing`,
    ),
    ...strange.map((key) => `${path} has ${key}, which is no method`),
    ...parametersIn(item, document).flatMap((one) => parameterFaults(path, one)),
  ];
}

function operationFaults(where: string, operation: Json, document: Json): string[] {
  const responses = Object.entries(objectIn(operation, 'responses'));
  const parameters = parametersIn(operation, document);
  return [
    ...unless(isText(operation['summary']), `${where} has no summary`),
    ...unless(responses.length > 0, `${where} answers nothing`),
    ...responses.flatMap(([status, response]) => [
      ...unless(/^([1-5]\d\d|default)$/.test(status), `${where} answers ${status}`),
      ...unless(isText(followed(response, document)['description']), `${where} does not describe ${status}`),
      ...contentFaults(`${where} ${status}`, followed(response, document)['content']),
    ]),
    ...repeated(parameters.map((one) => `${String(one['in'])} ${String(one['name'])}`)).map((one) => `${where} has ${one} twice`),
    ...parameters.flatMap((one) => parameterFaults(where, one)),
    ...contentFaults(`${where} request`, at(operation, 'requestBody', 'content')),
  ];
}

const parametersIn = (node: unknown, document: Json): Json[] => {
  const found = at(node, 'parameters');
  return Array.isArray(found) ? found.map((one) => followed(one, document)) : [];
};

const parameterFaults = (where: string, one: Json): string[] => [
  ...unless(isText(one['name']) && ['path', 'query', 'header', 'cookie'].includes(String(one['in'])), `${where} has a nameless parameter`),
  ...schemaFaults(`${where} ${String(one['name'])}`, one['schema']),
];

const contentFaults = (where: string, content: unknown): string[] =>
  Object.entries(Object(content)).flatMap(([type, media]) => schemaFaults(`${where} ${type}`, at(media, 'schema')));

/** Checks a schema against the meta-schema of JSON Schema 2020-12. */
const schemaFaults = (where: string, schema: unknown): string[] =>
  typeof schema === 'object' && schema !== null && ajv.validateSchema(schema) === true ? [] : [`${where} has no right schema`];

const referencesIn = (node: unknown): string[] => {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === '$ref' && typeof value === 'string' ? [value] : referencesIn(value)));
};

const resolve = (document: Json, reference: string): unknown => at(document, ...reference.replace(/^#\//, '').split('/'));

const followed = (node: unknown, document: Json): Json => {
  const reference = at(node, '$ref');
  return Object(typeof reference === 'string' ? resolve(document, reference) : node);
};

const at = (node: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), node);

const objectIn = (node: unknown, key: string): Json => Object(at(node, key));

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const unless = (isSo: boolean, fault: string): string[] => (isSo ? [] : [fault]);

const repeated = (values: readonly string[]): string[] => values.filter((value, index) => values.indexOf(value) !== index);
