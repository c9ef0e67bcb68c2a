import type { Grant } from '../../src/domain/authorization.ts';

/** A grant as if a service had given it; no token is behind it. */
export const sampleGrant = (part: Partial<Grant> & Pick<Grant, 'grantedBy' | 'madeIn'>): Grant => ({
  account: 'somebody',
  subject: 'somebody',
  issuer: 'http://localhost:4180',
  clientId: 'latchkey',
  scopes: [],
  grantedAt: 0,
  renewedAt: null,
  expiresAt: null,
  canRenew: false,
  ...part,
});
