/** Headers of an answer; one that is sent several times has a list. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;
