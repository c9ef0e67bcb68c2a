import type { JsonValue } from '../domain/json.ts';
import type { Place } from './parse.ts';

/** A script to run with what it is given; all of it JSON, so that it crosses any channel. Values are as `wire-values.ts` writes them. */
export type Job = {
  readonly source: string;
  readonly input: JsonValue;
  readonly system: Readonly<Record<string, JsonValue>>;
  /** Epoch milliseconds by the clock of who asks; the script's clock starts there. */
  readonly now: number;
};

/** What a script asks of the world; the other side decides. */
export type Ask =
  | {
      readonly kind: 'request';
      readonly url: string;
      readonly method: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly parameters: JsonValue;
      readonly body: JsonValue;
      readonly contentType: string | null;
      readonly connection: string | null;
      readonly isDetailed: boolean;
      readonly format: string | null;
      /** Set for invokeapi: the Zoho service that the path in `url` belongs to. */
      readonly service: string | null;
    }
  | { readonly kind: 'task'; readonly name: string; readonly args: readonly JsonValue[] };

export type Answer = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly message: string };

/** A line of `info`, or a variable as it was set. */
export type Said = Place & { readonly text: string };
export type Traced = Place & { readonly name: string; readonly value: string };

/** How a run ended: what it gave, or where and why it stopped. */
export type Report = {
  readonly result: JsonValue;
  /** The result as text, for a screen. */
  readonly text: string;
  readonly error: (Place & { readonly message: string }) | null;
  readonly info: readonly Said[];
  readonly trace: readonly Traced[];
  /** Lines that were left out, because there were more than anybody reads. */
  readonly dropped: number;
};

/** Runs scripts somewhere: in this process, in a worker, in a sandbox page. */
export type ScriptRunner = { run(job: Job, answer: (ask: Ask) => Promise<Answer>): Promise<Report> };
