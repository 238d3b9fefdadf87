/** The blackboard of the nodes of one installation: each writes down its own state and reads those of the others. */

/** What one node says about itself. */
export interface NodeState {
  /** 16 hexadecimal digits, drawn at the node's start. */
  readonly node: string;
  /** Another number each time that the node says something; 0 where it has left. Nodes' clocks are never compared. */
  readonly beat: number;
  /** From `writeEntries`; empty where the node has nothing to share. */
  readonly state: Uint8Array;
}

/** Where the nodes meet: PostgreSQL, or Valkey where it is configured. */
export interface Exchange {
  /**
   * Writes down the state of this node and gives those of all others that were there lately, which may be gone since.
   * Rejects when the engine is away, within a few seconds.
   */
  swap(mine: NodeState): Promise<readonly NodeState[]>;
  /** Ends connections of its own. */
  close(): Promise<void>;
}
