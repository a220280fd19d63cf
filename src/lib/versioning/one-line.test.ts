import { Type as t } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { microversions, type Microversion } from './microversion.ts';
import { openApi } from './openapi.ts';
import { requestBody } from './request-body.ts';
import { field, resource } from './resource.ts';
import { bodyField } from './shape.ts';
import { fits } from './validation.ts';

/** A field at a microversion is one line: two declarations that differ by no more, and all that follows from the difference. */
const v = microversions({ initial: ['2.1', 'First.'], colour: ['2.9', 'Things have a colour.'], later: ['2.20', 'Something else.'] });

interface Thing {
  readonly name: string;
  readonly colour: string;
}

const shown = {
  name: field(t.String(), (thing: Thing) => thing.name),
};
const shownWithColour = {
  name: field(t.String(), (thing: Thing) => thing.name),
  colour: field(t.String(), (thing: Thing) => thing.colour, { since: v.colour }),
};
const taken = {
  name: bodyField({ type: t.String(), required: true }),
};
const takenWithColour = {
  name: bodyField({ type: t.String(), required: true }),
  colour: bodyField({ type: t.String({ minLength: 1 }), since: v.colour }),
};

const before = { view: resource<Thing>()('thing', shown), body: requestBody('thing', taken) };
const after = { view: resource<Thing>()('thing', shownWithColour), body: requestBody('thing', takenWithColour) };

const thing: Thing = { name: 'a', colour: 'red' };
const rendered = ({ view }: typeof before, at: Microversion) =>
  view.render(thing, { at, may: () => true, baseUrl: 'http://x/v2.1', bookmarkUrl: 'http://x' });
const document = ({ view, body }: typeof before, at: Microversion) =>
  openApi([{ method: 'PUT', path: '/things/{id}', summary: 'Change.', body, answers: { schemaAt: view.schemaAt }, statusAt: () => 200 }], {
    title: 'Things',
    server: 'http://x/v2.1',
    at,
  });

describe('at the versions before it', () => {
  test('nothing has changed', () => {
    expect(rendered(after, v.initial)).toEqual(rendered(before, v.initial));
    expect(document(after, v.initial)).toEqual(document(before, v.initial));
  });

  test('it is refused in a request', () => {
    expect(() => after.body.parse({ thing }, v.initial)).toThrow("('colour' was unexpected)");
  });
});

describe.each([v.colour, v.later])('at $version', (at) => {
  test('it is rendered, and answers with it are valid', () => {
    expect(rendered(after, at)).toEqual(thing);
    expect([fits(after.view.schemaAt(at), thing), fits(after.view.schemaAt(at), { name: 'a' })]).toEqual([true, false]);
  });

  test('it is documented, in request and answer', () => {
    const operation = ['paths', '/things/{id}', 'put'];
    const content = ['content', 'application/json', 'schema', 'properties'];
    expect(document(after, at)).toHaveProperty([...operation, 'responses', '200', ...content, 'colour', 'type'], 'string');
    expect(document(after, at)).toHaveProperty([...operation, 'requestBody', ...content, 'thing', 'properties', 'colour', 'minLength'], 1);
  });

  test('it is taken in a request, and checked', () => {
    expect(after.body.parse({ thing }, at)).toEqual(thing);
    expect(() => after.body.parse({ thing: { ...thing, colour: '' } }, at)).toThrow('Invalid input for field/attribute colour');
  });
});
