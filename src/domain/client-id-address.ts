/** Is this client id the address of a document that says who the client is (draft-ietf-oauth-client-id-metadata-document). */
export const isClientIdAddress = (clientId: string): boolean => /^https?:/i.test(clientId);

/**
 * Why no service could take this address for a client id, or null (section 3 of the draft). A server compares it sign by sign, so another
 * spelling of the same address is refused too.
 */
export const clientIdAddressProblem = (clientId: string): string | null => {
  if (!URL.canParse(clientId)) return 'it is no address';
  const { protocol, username, password, pathname, href } = new URL(clientId);
  if (protocol !== 'https:') return 'it does not begin with https';
  if (username !== '' || password !== '' || /^https:\/\/[^/?#]*@/i.test(clientId)) return 'it holds a user name or password';
  if (clientId.includes('#')) return 'it holds a fragment';
  if (pathname === '/') return 'it has no path';
  return href === clientId ? null : `a browser writes it as ${href}`;
};
