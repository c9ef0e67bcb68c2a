import type { Value } from './values.ts';

/** One request that a script asks for; the host decides whether and how it goes out. */
export type ScriptRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly [string, string][];
  readonly parameters: Value;
  readonly body: Value;
  readonly contentType: string | null;
  /** The connection's link name; null where the script names none. */
  readonly connection: string | null;
  /** Give status and headers too. */
  readonly isDetailed: boolean;
  /** `FILE`, or another bare constant of `response-format`. */
  readonly format: string | null;
  /** invokeapi names a Zoho service, and `url` is a path there; null for invokeurl. */
  readonly service: string | null;
};

/** Everything outside a script. It has no other way out: no network, no clock, no storage of its own. */
export type ScriptHost = {
  /** Throws an `Error` whose message is for people: the script may catch it. */
  request(request: ScriptRequest): Promise<Value>;
  /** An integration task by its dotted name. Throws as `request` does. */
  task(call: { readonly name: string; readonly args: readonly Value[] }): Promise<Value>;
  info(text: string, offset: number): void;
  /** Each variable as it is set; absent where nobody looks. */
  readonly trace?: (name: string, value: Value, offset: number) => void;
  /** Epoch milliseconds. */
  now(): number;
  /** `input.<Field>`. */
  readonly input: Value;
  /** `zoho.loginuser` and its like, in small letters. */
  readonly system: Readonly<Record<string, Value>>;
};

/** How much a run may do. */
export type Budget = {
  /** Statements and turns of loops that are left. */
  left: number;
  /** When it ends, by the host's clock. */
  readonly until: number;
  readonly depth: number;
};

/** How a statement ended. */
export const Stop = { none: 0, break: 1, continue: 2, return: 3 } as const;
export type Stop = (typeof Stop)[keyof typeof Stop];

/** The variables of one running function, and what all of them share. */
export type Frame = {
  readonly slots: (Value | undefined)[];
  readonly host: ScriptHost;
  readonly budget: Budget;
  readonly depth: number;
  /** What `return` gave. */
  result: Value;
  /** Calls out, and gives an error of the host its place in the script. */
  readonly call: (offset: number, act: () => Promise<Value>) => Promise<Value>;
};

export type Step = (frame: Frame) => Stop | Promise<Stop>;
