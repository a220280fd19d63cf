import { type Filter, pass, reject } from './filter.ts';

/** The host reports all metrics that the MetricsWeigher looks at. */
export const metricsFilter: Filter = {
  name: 'MetricsFilter',
  checkFor: (_request, { metricWeights }) => {
    if (metricWeights.length === 0) return undefined;
    return ({ metrics }) => {
      const missing = metricWeights.filter(({ name }) => !Object.hasOwn(metrics, name)).length;
      return missing === 0 ? pass : reject(`${missing} of ${metricWeights.length} metrics not reported`);
    };
  },
};
