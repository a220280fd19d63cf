/** Builds of the agent that runs in guests. */

/** Where a guest's agent gets its newest build. */
export interface AgentFile {
  readonly version: string;
  readonly url: string;
  /** Of the file; hex. */
  readonly md5: string;
}

/** The guests that a build is for; there is one build for each kind. */
export interface AgentKind {
  readonly hypervisor: string;
  readonly os: string;
  readonly architecture: string;
}

/** A build, as an administrator has registered it. */
export interface AgentBuild extends AgentKind, AgentFile {
  readonly id: number;
}
