/** `nova-ts manage placement`: how servers came to their hosts, and what they use there. */
import type { Command } from 'commander';
import { explainPlacement, type ExplainOptions } from '../explain.ts';
import { auditAllocations, type Auditing, healAllocations, type Healing } from './heal.ts';
import { type Configured, onCloud, openExistingCloud, print, subcommand } from './on-cloud.ts';

/** Adds the commands. */
export function addPlacement(command: Command): void {
  const placement = command.command('placement').description('How servers came to their hosts, and what they use there.');
  const sub = (name: string, description: string) => subcommand(placement, name, description);
  sub(
    'explain',
    'Tell why a server is on its host or on none: every host, every filter, the weights, and the smallest change that would help.',
  )
    .argument('<server-or-request>', 'the id of a server, or the x-openstack-request-id of its boot')
    .option('--json', 'print everything as JSON')
    .action(async (id: string, { configFile = [], ...options }: ExplainOptions & Configured) => {
      process.exitCode = await explainPlacement(() => openExistingCloud(configFile), id, options);
    });
  sub('heal_allocations', 'Give servers the allocations of their size on their host. Exit status 0: some were given; 4: none were missing.')
    .option('--max-count <number>', 'servers at most; exit status 1 if more are left')
    .option('--instance <uuid>', 'only this server')
    .option('--dry-run', 'only tell what would be done')
    .option('--verbose', 'tell of each server')
    .option('--force', 'ignored: allocations that differ from the size are always replaced')
    .option('--skip-port-allocations', 'ignored: ports use no resources')
    .option('--cell <uuid>', 'ignored: there is one cell')
    .action((options: Configured & Healing) =>
      onCloud(options, ({ db, runtime: { clock, ids } }) => healAllocations({ db, clock, ids, print }, options)),
    );
  sub('audit', 'Find allocations of deleted servers. Exit status 0: there are none; 3: there are; 4: all were deleted.')
    .option('--resource_provider <uuid>', 'only those on this hypervisor')
    .option('--delete', 'delete them')
    .option('--verbose', 'tell of each')
    .action(({ resource_provider: resourceProvider, ...options }: Configured & Auditing & { readonly resource_provider?: string }) =>
      onCloud(options, ({ db, runtime: { clock, ids } }) =>
        auditAllocations({ db, clock, ids, print }, { ...options, ...(resourceProvider === undefined ? {} : { resourceProvider }) }),
      ),
    );
  sub('sync_aggregates', 'Nothing has to be copied: the scheduler reads the aggregates themselves.').action(() =>
    print('Aggregates are read where they are: nothing has to be synchronized.'),
  );
}
