import { expect, expectTypeOf, test } from 'vitest';
import { workflow, workflowRef } from './workflow.ts';

interface Boot {
  readonly serverId: string;
  readonly ramMb: number;
}

test('a step sees the input and the results before it, as JSON brings them back', () => {
  workflow<Boot>('boot')
    .step('target', { do: () => ({ host: 'h', at: new Date(0), maybe: undefined as string | undefined }) })
    .step('nothing', { do: async () => {} })
    .step('guest', {
      do: ({ serverId, target, nothing }) => {
        expectTypeOf(serverId).toEqualTypeOf<string>();
        expectTypeOf(target).toEqualTypeOf<{ host: string; at: string; maybe: string | undefined }>();
        expectTypeOf(nothing).toEqualTypeOf<undefined>();
      },
    })
    .onUnwound(({ ramMb, target, failure }) => {
      expectTypeOf(ramMb).toEqualTypeOf<number>();
      expectTypeOf(target?.host).toEqualTypeOf<string | undefined>();
      expectTypeOf(failure.code).toEqualTypeOf<string>();
    });
});

test('neither do nor undo sees what later steps return', () => {
  // @ts-expect-error claim is not known yet
  workflow<Boot>('boot').step('guest', { do: ({ claim }) => claim });
  workflow<Boot>('boot')
    // @ts-expect-error undo never sees the result of its own step
    .step('claim', { do: () => 1, undo: ({ claim }) => claim });
});

test('names are given once: no two steps alike, none like a field of the input', () => {
  const one = workflow<Boot>('boot').step('target', { do: () => 1 });
  // @ts-expect-error a second step of that name
  expect(() => one.step('target', { do: () => 2 })).toThrow('boot has one step named target');
  // @ts-expect-error the input has a field of that name
  workflow<Boot>('boot').step('ramMb', { do: () => 1 });
  // Names stand in task ids, between slashes.
  expect(() => one.step('a/b', { do: () => 2 })).toThrow('made of letters');
});

test('a reference and a definition name the same input', () => {
  const ref = workflowRef<Boot>('boot');
  const definition = workflow(ref).step('target', { do: ({ serverId }) => serverId });
  expectTypeOf(definition).toExtend<typeof ref>();
  expect(definition.name).toBe(ref.name);
  expectTypeOf(workflow<{ other: number }>('other')).not.toExtend<typeof ref>();
});
