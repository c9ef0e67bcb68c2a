/** A value that must not be shown: printing, logging or serializing it gives dots (S43). */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it only where it is sealed or put into a request. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '•••';
  }

  toJSON(): string {
    return '•••';
  }
}

/** What a service gave. Times are epoch milliseconds by the local clock; `scopes` null = as asked (RFC 6749 section 5.1). */
export type TokenSet = {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  readonly expiresAt: number | null;
  readonly scopes: readonly string[] | null;
};

/** How a passphrase becomes a key; stored in the clear beside its salt and bound to what it wraps (S6). */
export type KdfParams =
  | {
      readonly name: 'argon2id';
      readonly memoryKiB: number;
      readonly iterations: number;
      readonly parallelism: number;
      readonly salt: Uint8Array<ArrayBuffer>;
    }
  | { readonly name: 'pbkdf2-sha256'; readonly iterations: number; readonly salt: Uint8Array<ArrayBuffer> };
