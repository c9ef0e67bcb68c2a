/** What the build makes of `deluge.grammar`: its compiled parser, and the numbers of its terms. */
declare module '*.grammar' {
  import type { LRParser } from '@lezer/lr';
  export const parser: LRParser;
}

declare module '*.grammar.terms' {
  export const insertSemi: number;
  export const InvokeUrlWord: number;
  export const InvokeApiWord: number;
  export const BlockWord: number;
  export const BlockKey: number;
  export const PropertyName: number;
  export const ForEach: number;
  export const InsertInto: number;
  export const DeleteFrom: number;
  export const TypeName: number;
  export const _if: number;
  export const _else: number;
  export const _in: number;
  export const _try: number;
  export const _catch: number;
  export const _return: number;
  export const _break: number;
  export const _continue: number;
  export const info: number;
  export const _true: number;
  export const _false: number;
  export const _null: number;
}
