import * as v from 'valibot';

/** What a record can be compared in. */
export const COMPARED = [
  'authorization',
  'token',
  'revocation',
  'device',
  'proof key',
  'client authentication',
  'public client',
  'scopes',
] as const;
export type Compared = (typeof COMPARED)[number];

const url = v.pipe(v.string(), v.regex(/^https:\/\/[^\s?#]+$/));
const names = v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1));
const date = v.pipe(v.string(), v.isoDate());

/** Members of an issuer's own document that a record can contradict, as RFC 8414 section 2 and RFC 8628 section 4 name them. */
const metadata = v.strictObject({
  issuer: url,
  authorization_endpoint: url,
  token_endpoint: v.exactOptional(url),
  revocation_endpoint: v.exactOptional(url),
  device_authorization_endpoint: v.exactOptional(url),
  userinfo_endpoint: v.exactOptional(url),
  scopes_supported: v.exactOptional(names),
  code_challenge_methods_supported: v.exactOptional(names),
  token_endpoint_auth_methods_supported: v.exactOptional(names),
});

const discoverySchema = v.strictObject({
  /** Where the issuer serves it. */
  url,
  /** The public copy that was read. */
  source: v.strictObject({
    repository: v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+$/)),
    path: v.pipe(v.string(), v.minLength(1)),
    commit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  }),
  /** When the issuer served it, where the copy says so. */
  servedOn: v.nullable(date),
  readOn: date,
  document: metadata,
  /** Where these records differ from it, and why they are right. */
  differences: v.optional(
    v.array(v.strictObject({ connectors: names, about: v.picklist(COMPARED), why: v.pipe(v.string(), v.minLength(20), v.maxLength(300)) })),
    [],
  ),
});

/** An issuer's `.well-known` document as somebody read it, cut to what is compared. */
export type Discovery = v.InferOutput<typeof discoverySchema>;

/** Throws valibot's own error, which the build's test shows. */
export const parseDiscovery = (record: unknown): Discovery => v.parse(discoverySchema, record);

const FILES = import.meta.glob<unknown>('./discovery/*.json', { eager: true, import: 'default' });

/** Every stored document by its file; for Node only, no page or worker has a use for them. */
export const discoveryDocuments = (): readonly Discovery[] => Object.values(FILES).map(parseDiscovery);
