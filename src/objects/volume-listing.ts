/** What a list of the volume service shows: plain values. */

/** One condition of a list. */
export interface Filter {
  readonly column: string;
  /** `like`: part of the text. Times and numbers are also compared by order. */
  readonly is: 'equal' | 'like' | 'gt' | 'gte' | 'lt' | 'lte' | 'neq';
  readonly value: string | number | boolean | Date | Readonly<Record<string, string>> | null;
}

/** What is listed. */
export interface Listing {
  /** The project whose rows are listed; all for undefined. */
  readonly projectId?: string | undefined;
  readonly filters: readonly Filter[];
  readonly sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  readonly limit: number;
  readonly marker?: string | undefined;
  readonly offset?: number | undefined;
}

/** A condition as a caller names it. */
export interface AskedFilter extends Filter {
  readonly name: string;
  /** Only administrators filter by it. */
  readonly adminOnly: boolean;
}

/** What a caller asks for; the api decides how much of it holds. */
export interface AskedListing extends Omit<Listing, 'projectId' | 'filters'> {
  /** The things of all projects, or of `project`, for administrators. */
  readonly everybodys: boolean;
  readonly project?: string | undefined;
  readonly filters: readonly AskedFilter[];
  /** The names of filters that there are not. */
  readonly unknown: readonly string[];
  /** Whether unknown filters are refused; otherwise they are ignored. */
  readonly isStrict: boolean;
}
