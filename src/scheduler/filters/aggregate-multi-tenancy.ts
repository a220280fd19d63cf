import { type Filter, pass, reject } from './filter.ts';

/** Also with a suffix, `filter_tenant_id3`: a value of an aggregate has 255 characters at most. */
const KEY = 'filter_tenant_id';

/** The host's aggregates are for the project, or for any. */
export const aggregateMultiTenancyIsolation: Filter = {
  name: 'AggregateMultiTenancyIsolation',
  checkFor: ({ projectId }) => {
    const refusal = reject('kept for other projects');
    return ({ aggregates }) => {
      if (aggregates.length === 0) return pass;
      const projects = aggregates.flatMap(({ metadata }) =>
        Object.entries(metadata).flatMap(([key, value]) => (key.startsWith(KEY) ? value.split(',').map((id) => id.trim()) : [])),
      );
      return projects.length === 0 || projects.includes(projectId) ? pass : refusal;
    };
  },
};
