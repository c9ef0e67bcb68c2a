import type { Endpoint } from 'comlink';

/** A channel to a core. `closed` settles when the far side is gone and never comes back on it. */
export type Channel = { readonly endpoint: Endpoint; readonly closed: Promise<void> };

export type ProviderWindow = {
  /** The browser refused to open a window: offer the address as a link. */
  readonly isBlocked: boolean;
  show(url: string): void;
  close(): void;
};

export type LaunchedFile = { readonly name: string } & Blob;

/** Passkeys that open the vault. Outputs are base64url; all throw `vault.passkey-unavailable`. */
export type Passkeys = {
  readonly canUsePasskeys: () => Promise<boolean>;
  readonly makePasskey: () => Promise<{ readonly credentialId: string; readonly salt: string; readonly output: string }>;
  readonly askPasskey: (wanted: { readonly credentialId: string; readonly salt: string }) => Promise<string>;
};

/** Everything in which the web app and the extension differ on the window side. */
export type Platform = {
  readonly kind: 'pwa' | 'extension';
  connect(): Channel;
  /** Call it inside the click, before anything is awaited: later the browser refuses a window. */
  openProvider(): ProviderWindow;
  /** Loaded when a vault is opened or set up. */
  passkeys(): Promise<Passkeys>;
  download(fileName: string, text: string): void;
  /** Says that this window is open, so that an update that waits for it can name it. */
  holdWindow(): void;
  /** Calls back at once and at each change; gives back what stops it. */
  watchOnline(tell: (isOnline: boolean) => void): () => void;
  /** A newer version waits; `apply` reloads into it and is never called without a click. */
  watchUpdate(tell: (apply: () => void) => void): void;
  /** Takes a newer version now, where there is one, and loads anew: for a program that is older than its data. */
  updateNow(): Promise<void>;
  /** Where this extension may send credentials, given at some time by the person; empty in the web app, which needs no permission. */
  readHosts(): Promise<readonly string[]>;
  /** Asks for the permission to reach these hosts, within a click; at once true where none is needed. */
  requestHosts(patterns: readonly string[]): Promise<boolean>;
  /** Asks the browser, within a click, not to evict what is stored; whether it agreed stands in Settings. */
  keepStorage(): void;
  /** Gives up the permission for these hosts. */
  takeBack(hosts: readonly string[]): Promise<void>;
  /** Files that the system opened with the app. */
  watchLaunchedFiles(tell: (file: LaunchedFile) => void): void;
  /** Opens the console at a hash, from a popup or the console itself. */
  openConsole(hash: string): void;
};
