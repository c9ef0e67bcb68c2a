import { type Connector, isOauth } from './connector.ts';

const json = (value: unknown): string => JSON.stringify(value);

/** Where a credential goes and how it is shown; what of OAuth only says how an answer is read moves nothing. */
const wayOf = ({ auth }: Connector): string =>
  isOauth(auth) ? json([auth.method, auth.placement, auth.clientId, auth.clientAuthentication, auth.request]) : json(auth);

/** An assertion that is signed for one audience serves at that one, whoever was sent it. */
const signInOf = ({ auth }: Connector): string => json(isOauth(auth) ? [auth.issuer, auth.endpoints, auth.assertionAudience] : null);

type Part = { readonly words: string; readonly of: (connector: Connector) => string; readonly movesSecrets: boolean };

/** What of a record decides where credentials go (S18, S23): who authorized the one did not authorize the other. */
const PARTS: readonly Part[] = [
  { words: 'the way to authorize', of: wayOf, movesSecrets: true },
  { words: 'the addresses that authorize', of: signInOf, movesSecrets: true },
  { words: 'the addresses of the API', of: ({ apiBase, alsoAt }) => json([apiBase, alsoAt]), movesSecrets: false },
  {
    words: 'what is asked of the account',
    of: ({ variables }) => json(variables.map(({ name, pattern, learned }) => [name, pattern, learned])),
    movesSecrets: false,
  },
];

/** What a change of a connector does to what stands on it. */
export type Moved = {
  /** The parts that moved, in a person's words; where there are any, every authorization is withdrawn. */
  readonly parts: readonly string[];
  /** Would a stored client secret go elsewhere, or be shown otherwise. */
  readonly movesSecrets: boolean;
};

/** Null stands for a record that is not there or cannot be read: anything may have moved. */
export const movedBetween = (before: Connector | null, after: Connector | null): Moved => {
  const moved = PARTS.filter(({ of }) => before === null || after === null || of(before) !== of(after));
  return { parts: moved.map(({ words }) => words), movesSecrets: moved.some((part) => part.movesSecrets) };
};

/** Names that the record had and has no more. */
export const goneFrom = (before: readonly string[], after: readonly string[]): string[] => before.filter((name) => !after.includes(name));
