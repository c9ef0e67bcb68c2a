/** Made by `vite-plugin.ts` out of the JSON files of this folder. */
declare module 'virtual:connectors' {
  /** Every record on Node; in the browser only those that are built in. */
  export const RECORDS: readonly unknown[];
  export const INDEX: readonly import('./index-entry.ts').IndexRow[];
}
