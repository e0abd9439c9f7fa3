/** How much of everything the bench of the agent makes. */
export interface AgentSizes {
  /** Objects applied at once, and how often. */
  readonly applies: readonly { readonly objects: number; readonly rounds: number }[];
  readonly driftRounds: number;
  /** Objects of the agent while it is idle. */
  readonly idle: number;
  readonly idleSeconds: number;
  readonly foreign: number;
  /** Bundles of 100 objects each that are compared anew. */
  readonly resyncBundles: number;
}

/** Returns the sizes of the issue, or a share of them (more than 0, at most 1); few rounds and seconds stay. */
export function agentSizes(share: number): AgentSizes {
  const some = (count: number, least: number): number => Math.max(least, Math.round(count * share));
  return {
    applies: [
      { objects: 10, rounds: some(7, 3) },
      { objects: 100, rounds: some(5, 3) },
      { objects: some(1000, 200), rounds: some(3, 1) },
    ],
    driftRounds: some(40, 10),
    idle: 100,
    idleSeconds: some(60, 5),
    foreign: some(10_000, 100),
    resyncBundles: some(100, 2),
  };
}
