/** The extension's core: the background service worker. Every wake is a cold start, so every listener stands at the top. */

import * as v from 'valibot';
import type { Context } from '../core/context.ts';
import { tended, tendFlows } from '../core/flow-start.ts';
import { lockNow, lockWhenIdle, readIdleLock } from '../core/locking.ts';
import { QUERIES } from '../core/queries/index.ts';
import { watchQuery } from '../core/watch.ts';
import { type Channel, remoteRunner } from '../deluge/channel.ts';
import type { ScriptRunner } from '../deluge/job.ts';
import { Fault } from '../domain/faults.ts';
import { waitingWords } from '../domain/need.ts';
import { argon2id } from '../vault/argon2id.ts';
import { portEndpoint } from '../wire/endpoint.ts';
import { DEFAULT_SANDBOX_ORIGIN, openContext } from './context.ts';
import { openOnce, serve } from './serve.ts';
import { sessionKey, sessionNotes, sessionParked } from './session-storage.ts';

Object.freeze(Object.prototype);

/** The browser's own words, told apart as measured in Chromium. */
const flowFault = (error: unknown): Fault => {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('did not approve')) return new Fault('oauth.window-closed');
  if (message.includes('could not be loaded')) return new Fault('oauth.page-unreachable');
  return new Fault('oauth.cancelled');
};

/** The provider's windows that this worker waits for. After a restart it is empty, though a window may still be open. */
let waiting = 0;

const WINDOW_KEY = 'providerWindow';

chrome.windows.onCreated.addListener((opened) => {
  if (waiting > 0 && opened.type === 'popup' && opened.id !== undefined) void chrome.storage.session.set({ [WINDOW_KEY]: opened.id });
});

/** Closes the provider's window: it was cancelled or replaced, or its worker died and it could hand nothing over any more. */
const closePage = async (): Promise<void> => {
  const { [WINDOW_KEY]: opened } = await chrome.storage.session.get(WINDOW_KEY);
  await chrome.storage.session.remove(WINDOW_KEY);
  // It may be gone already, closed by the person or by the provider's redirect.
  if (typeof opened === 'number') await chrome.windows.remove(opened).catch(() => undefined);
};

const openPage = async (url: string): Promise<string> => {
  if (waiting === 0) await closePage();
  waiting += 1;
  let redirected: string | undefined;
  try {
    redirected = await chrome.identity.launchWebAuthFlow({ url, interactive: true });
  } catch (error) {
    throw flowFault(error);
  } finally {
    waiting -= 1;
    if (waiting === 0) await chrome.storage.session.remove(WINDOW_KEY);
  }
  if (redirected === undefined) throw new Fault('oauth.window-closed');
  return redirected;
};

/** Every host is optional (S42). The sandbox's, on this device, lets itself be read, and is never asked for. */
const mayReach: Context['mayReach'] = (url) => {
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' ? chrome.permissions.contains({ origins: [`${origin}/*`] }) : Promise.resolve(true);
};

/** Every host at once is nothing that was asked for here: a person gave that in the browser's own settings, and it stays theirs to take. */
const isAsked = (pattern: string): boolean => !/^([a-z*]+:\/\/\*\/\*|<all_urls>)$/.test(pattern);

const giveBack = async (needed: ReadonlySet<string>): Promise<void> => {
  const { origins = [] } = await chrome.permissions.getAll();
  const spare = origins.filter((origin) => isAsked(origin) && !needed.has(origin));
  if (spare.length > 0) await chrome.permissions.remove({ origins: spare });
};

/** The offscreen document's end of the channel, and who waits for it. */
let place: Channel | null = null;
let arrived: (() => void)[] = [];
const SCRIPTS_ARRIVE_MS = 5_000;

const placeFrom = (port: chrome.runtime.Port): void => {
  const channel: Channel = {
    post: (message) => port.postMessage(message),
    listen: (hear) => {
      port.onMessage.addListener(hear);
      return () => port.onMessage.removeListener(hear);
    },
  };
  place = channel;
  port.onDisconnect.addListener(() => {
    if (place === channel) place = null;
  });
  for (const tell of arrived) tell();
  arrived = [];
};

/** Scripts run in a sandboxed page, which only a document can frame: an offscreen one, made when it is first needed (S40). */
const scripts = async (): Promise<ScriptRunner | null> => {
  if (place === null) {
    const arrival = new Promise<void>((resolve) => {
      arrived.push(resolve);
      setTimeout(resolve, SCRIPTS_ARRIVE_MS);
    });
    // One that an earlier worker left behind closes itself when its port goes; the new one may have to wait for that.
    if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument().catch(() => undefined);
    await chrome.offscreen
      .createDocument({ url: 'offscreen.html', reasons: ['IFRAME_SCRIPTING'], justification: 'Runs scripts in a sandboxed frame.' })
      .catch(() => undefined);
    await arrival;
  }
  return place === null ? null : remoteRunner(place);
};

const ALARM = 'outbox';
/** Alarms outlive this worker, and come no sooner than after half a minute. */
const wakeIn = (milliseconds: number): void => {
  if (milliseconds < 25_000) setTimeout(() => void open().then(({ wake }) => wake()), milliseconds);
  void chrome.alarms.create(ALARM, { delayInMinutes: Math.max(milliseconds / 60_000, 0.5) });
};

const FEED_ALARM = 'feed';
const checkIn = (milliseconds: number | null): void => {
  if (milliseconds === null) void chrome.alarms.clear(FEED_ALARM);
  else void chrome.alarms.create(FEED_ALARM, { when: Date.now() + milliseconds });
};

const LOCK_ALARM = 'lock';
/** The browser knows when nobody uses the machine; the alarm comes when somebody does, but leaves Latchkey alone (S8). */
const lockAt = (time: number): void => {
  if (time <= Date.now()) void open().then(lockWhenIdle);
  else void chrome.alarms.create(LOCK_ALARM, { when: time });
};

const FLOW_ALARM = 'flows';
/** The soonest that alarms come. */
const FLOW_MINUTES = 0.5;
/** A device flow asks on, and a parked answer is forgotten in time, although this worker is stopped in between. */
const tend = (count: number): void => {
  if (count === 0) void chrome.alarms.clear(FLOW_ALARM);
  else void chrome.alarms.create(FLOW_ALARM, { periodInMinutes: FLOW_MINUTES });
};

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === ALARM || name === FEED_ALARM) void open().then(({ wake }) => wake());
  if (name === LOCK_ALARM) void open().then(lockWhenIdle);
  if (name === FLOW_ALARM) void open().then(tendFlows);
});

self.addEventListener('online', () => void open().then(({ wake }) => wake()));

const open = openOnce((forget) =>
  openContext({
    redirectUri: chrome.identity.getRedirectURL('cb'),
    hasRedirectPaths: true,
    openPage,
    closePage,
    mayReach,
    giveBack,
    sandboxOrigin: DEFAULT_SANDBOX_ORIGIN,
    argon2id,
    session: sessionKey,
    notes: sessionNotes,
    parked: sessionParked,
    onVersionChange: forget,
    scripts,
    wakeIn,
    checkIn,
  }),
);

/** With the screen, and when nobody is there (S8). */
chrome.idle.onStateChanged.addListener((state) => {
  if (state !== 'active') void open().then(lockNow);
});

chrome.commands.onCommand.addListener((name) => {
  if (name === 'lock-vault') void open().then(lockNow);
});

chrome.runtime.onConnect.addListener((port) => {
  const isOwnPage = port.sender?.id === chrome.runtime.id && port.sender.origin === new URL(chrome.runtime.getURL('')).origin;
  if (!isOwnPage) {
    port.disconnect();
    return;
  }
  if (port.name === 'scripts') placeFrom(port);
  else port.onDisconnect.addListener(serve(portEndpoint(port), open));
});

/**
 * The badge counts what the popup lists under "Needs you", authorizations and updates alike, and its title says which, while the worker
 * lives; each start says it anew.
 */
const showBadge = (authorizations: number, updates: number): void => {
  const words = waitingWords(authorizations, updates);
  void chrome.action.setBadgeText({ text: words === null ? '' : String(authorizations + updates) });
  void chrome.action.setTitle({ title: words === null ? 'Latchkey' : `Latchkey: ${words}` });
};

const waitingSchema = v.object({ value: v.object({ attention: v.number(), updates: v.number() }) });

const followIdleLock = async (ctx: Context): Promise<void> => {
  const { idleMinutes, locksAt } = await readIdleLock(ctx);
  chrome.idle.setDetectionInterval(idleMinutes * 60);
  if (locksAt === null) void chrome.alarms.clear(LOCK_ALARM);
  else lockAt(locksAt);
};

void open()
  .then((ctx) => watchQuery(ctx, QUERIES.vault, {}, () => void followIdleLock(ctx)))
  // Without storage there is nothing to lock.
  .catch(() => undefined);

const tendedSchema = v.object({ value: v.object({ count: v.number() }) });

void open()
  .then((ctx) =>
    watchQuery(ctx, tended, {}, (seen) => {
      const flows = v.safeParse(tendedSchema, seen);
      if (flows.success) tend(flows.output.value.count);
    }),
  )
  // Without storage there is no flow.
  .catch(() => undefined);

void open()
  .then((ctx) =>
    watchQuery(ctx, QUERIES.frame, {}, (seen) => {
      const frame = v.safeParse(waitingSchema, seen);
      if (frame.success) showBadge(frame.output.value.attention, frame.output.value.updates);
    }),
  )
  // Without storage there is nothing to count; the console says why.
  .catch(() => showBadge(0, 0));
