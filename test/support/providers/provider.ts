/** One request as it arrived at a provider. */
export type Arrived = {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Said = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown };

/** What a provider answers, as its documentation has it; each host is one. */
export type Provider = {
  readonly hosts: readonly string[];
  answer(request: Arrived): Said | null;
};

export const formOf = ({ body }: Arrived): URLSearchParams => new URLSearchParams(body);

export const jsonOf = ({ body }: Arrived): Record<string, unknown> => {
  const parsed: unknown = JSON.parse(body);
  return parsed !== null && typeof parsed === 'object' ? { ...parsed } : {};
};
