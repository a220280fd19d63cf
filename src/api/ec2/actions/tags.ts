/** Tags of instances: the metadata of their servers. */
import { instanceIdOf } from '../../../objects/ec2-ids.ts';
import { DONE, type Ec2Action, setOf } from '../action.ts';
import { MissingParameter } from '../errors.ts';
import { passing } from '../wire/filters.ts';
import { instancesNamed } from '../wire/named-instances.ts';
import { pageOf } from '../wire/paging.ts';
import { tagPairs } from '../wire/tags.ts';
import { serversOf } from '../wire/servers.ts';

interface Tag {
  readonly resourceId: string;
  readonly resourceType: 'instance';
  readonly key: string;
  readonly value: string;
}

export const tagActions: readonly Ec2Action[] = [
  {
    name: 'CreateTags',
    summary: 'Tag instances.',
    policy: 'os_compute_api:server-metadata:create',
    run: async (asked, deps) => {
      const servers = await instancesNamed(asked, deps, asked.someOf('ResourceId'));
      const tags = Object.fromEntries(tagPairs(asked, 'Tag'));
      if (Object.keys(tags).length === 0) throw MissingParameter({ name: 'Tag' });
      const how = { how: 'merge', rule: 'os_compute_api:server-metadata:create' } as const;
      for (const { id } of servers) await deps.serverEdits.setMetadata(asked.ctx, id, tags, how);
      return DONE;
    },
  },
  {
    name: 'DeleteTags',
    summary: 'Remove tags of instances: those named, with those values if any are given, or all.',
    policy: 'os_compute_api:server-metadata:delete',
    run: async (asked, deps) => {
      const servers = await instancesNamed(asked, deps, asked.someOf('ResourceId'));
      const named = asked
        .numbersOf('Tag')
        .map((number) => ({ key: asked.required(`Tag.${number}.Key`), value: asked.text(`Tag.${number}.Value`) }));
      const isNamed = (key: string, value: string) =>
        named.length === 0 || named.some((one) => one.key === key && (one.value === undefined || one.value === value));
      for (const { id, metadata } of servers)
        for (const [key, value] of Object.entries(metadata))
          if (isNamed(key, value)) await deps.serverEdits.deleteMetadataItem(asked.ctx, id, key);
      return DONE;
    },
  },
  {
    name: 'DescribeTags',
    summary: 'List the tags of instances.',
    policy: 'os_compute_api:servers:detail',
    run: async (asked, { compute }) => {
      const all = (await serversOf(asked.ctx, compute)).flatMap((server) =>
        Object.entries(server.metadata).map(
          ([key, value]): Tag => ({ resourceId: instanceIdOf(server), resourceType: 'instance', key, value }),
        ),
      );
      const found = passing(all, asked.filters, {
        key: ({ key }) => key,
        value: ({ value }) => value,
        'resource-id': ({ resourceId }) => resourceId,
        'resource-type': ({ resourceType }) => resourceType,
      });
      const { items, nextToken } = pageOf(asked, found, ({ resourceId, key }) => `${resourceId} ${key}`, 'ResourceId');
      return { tagSet: setOf(items.map((tag) => ({ ...tag }))), nextToken };
    },
  },
];
