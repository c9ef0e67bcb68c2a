/** What the editor must know of a connection to offer, check and show it. */
export type EditorConnection = {
  readonly linkName: string;
  readonly displayName: string;
  /** The type in words: System, Admin, Logged-in user. */
  readonly typeLabel: string;
  /** The status in words, with its reason. */
  readonly status: string;
  /** Whose account authorizes it; null where nobody has yet. */
  readonly account: string | null;
  readonly state: 'ok' | 'retired' | 'paused' | 'elsewhere';
};

/** Finds a connection by its link name; names are compared without case (RULES 3.4, trap 25). */
export const findConnection = (connections: readonly EditorConnection[], linkName: string): EditorConnection | undefined =>
  connections.find((one) => one.linkName.toLowerCase() === linkName.toLowerCase());
