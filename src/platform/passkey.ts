import { Fault } from '../domain/faults.ts';

/** What a passkey gave, in base64url, as it crosses to the worker. */
export type PasskeyAnswer = { readonly credentialId: string; readonly salt: string; readonly output: string };

const encode = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (unit) => unit.charCodeAt(0));

const random = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32));

/** Does this browser say that passkeys can give a key (WebAuthn section 10.1.4, client capability `extension:prf`). */
export const canUsePasskeys = async (): Promise<boolean> => {
  if (typeof PublicKeyCredential === 'undefined' || PublicKeyCredential.getClientCapabilities === undefined) return false;
  const capabilities = await PublicKeyCredential.getClientCapabilities().catch(() => ({}) as Record<string, boolean>);
  return capabilities['extension:prf'] === true;
};

const isPublicKey = (credential: Credential | null): credential is PublicKeyCredential => credential instanceof PublicKeyCredential;

/** Nothing is verified at a server, so the challenge only has to be there. What counts is the output. */
const ask = async (credentialId: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<string> => {
  const credential = await navigator.credentials
    .get({
      publicKey: {
        challenge: random(),
        allowCredentials: [{ id: credentialId, type: 'public-key' }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: salt } } },
      },
    })
    .catch(() => null);
  const first = isPublicKey(credential) ? credential.getClientExtensionResults().prf?.results?.first : undefined;
  if (!(first instanceof ArrayBuffer)) throw new Fault('vault.passkey-unavailable');
  return encode(first);
};

/** Makes a passkey for this vault and asks it once. Throws `vault.passkey-unavailable`. */
export const makePasskey = async (): Promise<PasskeyAnswer> => {
  const salt = random();
  const credential = await navigator.credentials
    .create({
      publicKey: {
        rp: { name: 'Latchkey' },
        user: { id: random(), name: 'Vault of this device', displayName: 'Latchkey vault' },
        challenge: random(),
        pubKeyCredParams: [
          { type: 'public-key', alg: -8 },
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -257 },
        ],
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        extensions: { prf: { eval: { first: salt } } },
      },
    })
    .catch(() => null);
  if (!isPublicKey(credential) || credential.getClientExtensionResults().prf?.enabled !== true)
    throw new Fault('vault.passkey-unavailable');
  // Few authenticators answer while the passkey is being made, so it is always asked afterwards.
  const output = await ask(new Uint8Array(credential.rawId), salt);
  return { credentialId: encode(credential.rawId), salt: encode(salt), output };
};

/** What the passkey gives for its salt. Throws `vault.passkey-unavailable`. */
export const askPasskey = ({ credentialId, salt }: { readonly credentialId: string; readonly salt: string }): Promise<string> =>
  ask(decode(credentialId), decode(salt));
