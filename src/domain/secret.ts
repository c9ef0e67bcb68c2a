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
