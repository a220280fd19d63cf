/** What operators configure of filters and weighers; `[filter_scheduler]` and `[metrics]` have the same names. */
export interface SchedulerOptions {
  /** Servers whose work keeps a host's disks busy, at most (`max_io_ops_per_host`). */
  readonly maxIoOpsPerHost: number;
  readonly maxInstancesPerHost: number;
  /** Images for isolated hosts only, and those hosts. */
  readonly isolatedImages: readonly string[];
  readonly isolatedHosts: readonly string[];
  /** Whether isolated hosts take isolated images only. */
  readonly restrictIsolatedHosts: boolean;
  /** Where set, the start of the metadata keys that AggregateImagePropertiesIsolation compares, and what follows it. */
  readonly imagePropertiesNamespace: string | undefined;
  readonly imagePropertiesSeparator: string;
  /** The architecture of images that name none. */
  readonly defaultArchitecture: string | undefined;
  /** Whether aggregates with required traits are for servers that require them. */
  readonly isolatesAggregates: boolean;
  /** What each metric is multiplied with. */
  readonly metricWeights: Weighting;
  /** The weight of a host that lacks some of them. */
  readonly weightOfUnavailable: number;
  /** What each image property that servers of a host share is multiplied with. */
  readonly imagePropertyWeights: Weighting;
}

/** Factors by name. */
export type Weighting = readonly { readonly name: string; readonly factor: number }[];

/** The defaults of the options. */
export const defaultOptions: SchedulerOptions = {
  maxIoOpsPerHost: 8,
  maxInstancesPerHost: 50,
  isolatedImages: [],
  isolatedHosts: [],
  restrictIsolatedHosts: true,
  imagePropertiesNamespace: undefined,
  imagePropertiesSeparator: '.',
  defaultArchitecture: undefined,
  isolatesAggregates: false,
  metricWeights: [],
  weightOfUnavailable: -10_000,
  imagePropertyWeights: [],
};

/** What is wrong with a factor as it is written, `name=factor`, as the end of a sentence "the value ...". */
export const factorProblem = (written: string): string | undefined => (factorOf(written) ? undefined : 'is not of the form name=number');

/** Factors as they are written. */
export const weightingOf = (written: readonly string[]): Weighting => written.flatMap((one) => factorOf(one) ?? []);

function factorOf(written: string): Weighting[number] | undefined {
  const [, name, factor] = /^\s*([^=\s]+)\s*=\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(written) ?? [];
  return name === undefined || factor === undefined ? undefined : { name, factor: Number(factor) };
}
