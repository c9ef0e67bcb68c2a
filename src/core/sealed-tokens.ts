import * as v from 'valibot';
import type { Authorization } from '../domain/authorization.ts';
import { Fault } from '../domain/faults.ts';
import { Secret } from '../domain/secret.ts';
import type { Seal } from '../vault/seal.ts';
import type { Context } from './context.ts';

const tokensSchema = v.strictObject({
  accessToken: v.string(),
  refreshToken: v.nullable(v.string()),
  /** How an earlier program marked a renewal under way; the mark stands in the grant now (`renewingSince`). */
  isSpent: v.optional(v.boolean(), false),
});

export type StoredTokens = { readonly accessToken: Secret; readonly refreshToken: Secret | null };

/** What is sealed of a token set: the two tokens and nothing that is known elsewhere. */
export const sealTokens = (seal: Seal, id: Authorization['id'], tokens: StoredTokens) =>
  seal('tokens', id, { accessToken: tokens.accessToken.reveal(), refreshToken: tokens.refreshToken?.reveal() ?? null });

/** Throws `run.unauthorized` where there are none, `vault.tampered` where they cannot be read. */
export const openTokens = async (ctx: Context, id: Authorization['id']): Promise<StoredTokens & { readonly isSpent: boolean }> => {
  const parsed = v.safeParse(tokensSchema, await ctx.vault.open('tokens', id));
  if (!parsed.success) throw new Fault('run.unauthorized');
  const { accessToken, refreshToken, isSpent } = parsed.output;
  return { accessToken: new Secret(accessToken), refreshToken: refreshToken === null ? null : new Secret(refreshToken), isSpent };
};
