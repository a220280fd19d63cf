import { errorType } from '../../lib/errors/error-type.ts';
import type { AgentKind } from '../../objects/agent-build.ts';

/** Errors of agent builds, with Nova's texts. */

export const AgentBuildNotFound = errorType(
  'AgentBuildNotFound',
  'not-found',
  (p: { id: number | string }) => `No agent-build associated with id ${p.id}.`,
);

export const AgentBuildExists = errorType(
  'AgentBuildExists',
  'conflict',
  (p: AgentKind) => `Agent-build with hypervisor ${p.hypervisor} os ${p.os} architecture ${p.architecture} exists.`,
);
