import { signal } from '@preact/signals';
import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import { platform } from '#platform';
import type { FrameView } from '../core/views.ts';
import { SIDE_LABELS } from '../domain/workspace.ts';
import { receive, receiveBackup } from './incoming.ts';
import { useLive } from './live.ts';
import { Notices, tell } from './notices.tsx';
import { ActingAs } from './parts/acting-as.tsx';
import { Button, FaultNote, Loaded, Name } from './parts/basics.tsx';
import { Icon, type IconName } from './parts/icon.tsx';
import { ReadOnlyNote, UpdateNow } from './parts/read-only.tsx';
import { VaultLock } from './parts/vault-lock.tsx';
import { matchRoute, place } from './place.ts';
import { type Group, ROUTES } from './routes.ts';
import { watchFeeds } from './watch-feeds.ts';

const isOnline = signal(true);
const update = signal<(() => void) | null>(null);

platform.holdWindow();
platform.watchOnline((online) => {
  isOnline.value = online;
});
platform.watchUpdate((apply) => {
  update.value = apply;
});
watchFeeds();
platform.watchLaunchedFiles((file) => void receive(file));

type Entry = {
  readonly group: Group;
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  readonly isShown: (frame: FrameView) => boolean;
};

/** The rail. Microservices has one entry, Connections (R14, R15); what a side lacks is not offered. */
const RAIL: readonly Entry[] = [
  { group: 'home', href: '#/', label: 'Home', icon: 'home', isShown: () => true },
  {
    group: 'connections',
    href: '#/connections',
    label: 'Connections',
    icon: 'connections',
    isShown: ({ acting }) => acting?.microservices.allowed === true,
  },
  {
    group: 'applications',
    href: '#/apps',
    label: 'Applications',
    icon: 'applications',
    isShown: ({ acting }) => acting?.build.allowed === true,
  },
  {
    group: 'applications',
    href: '#/clients',
    label: 'Clients',
    icon: 'clients',
    isShown: ({ acting }) => acting?.build.allowed === true,
  },
  {
    group: 'client',
    href: '#/installed',
    label: 'Installed',
    icon: 'installed',
    isShown: ({ acting }) => acting?.workspace.side === 'client',
  },
  { group: 'client', href: '#/install', label: 'Install', icon: 'install', isShown: ({ acting }) => acting?.workspace.side === 'client' },
  { group: 'activity', href: '#/activity', label: 'Activity', icon: 'activity', isShown: ({ acting }) => acting !== null },
  { group: 'settings', href: '#/settings', label: 'Settings', icon: 'settings', isShown: () => true },
];

const Rail = ({ frame }: { readonly frame: FrameView }) => (
  <nav class="rail" aria-label="Main">
    {RAIL.filter(({ isShown }) => isShown(frame)).map((entry) => {
      const path = entry.href.slice(1);
      const isCurrent = path === '/' ? place.value.path === '/' : place.value.path === path || place.value.path.startsWith(`${path}/`);
      return (
        <a key={entry.href} href={entry.href} aria-current={isCurrent ? 'page' : undefined}>
          <Icon name={entry.icon} />
          <span class="label">{entry.label}</span>
          {entry.group === 'home' && frame.attention + frame.updates > 0 ? (
            <span class="count">{frame.attention + frame.updates > 20 ? '20+' : frame.attention + frame.updates}</span>
          ) : null}
        </a>
      );
    })}
  </nav>
);

const TopBar = ({ frame }: { readonly frame: FrameView }) => (
  <header class={`top ${frame.acting?.workspace.side ?? 'none'}`}>
    <a class="brand" href="#/">
      Latchkey
    </a>
    {frame.acting === null ? null : (
      <p class="where">
        <span class="side">{SIDE_LABELS[frame.acting.workspace.side]}</span>{' '}
        <strong>
          <Name>{frame.acting.workspace.name}</Name>
        </strong>
      </p>
    )}
    {isOnline.value ? null : (
      <span class="badge warn" role="status">
        ○ Offline: all local work goes on
      </span>
    )}
    {update.value === null ? null : <Button onPress={() => update.value?.()}>Update Latchkey</Button>}
    <VaultLock />
    {frame.acting === null ? null : <ActingAs frame={frame} />}
  </header>
);

const current = matchRoute(ROUTES);

const Screen = () => {
  const heading = useRef<HTMLHeadingElement>(null);
  const match = current.value;
  const { path } = place.value;
  const title = match?.row.title ?? 'Not found';
  const lastPath = useRef<string | null>(null);
  useEffect(() => {
    document.title = `${title} · Latchkey`;
    // Not on the first paint: nobody navigated yet.
    if (lastPath.current !== null && lastPath.current !== path) heading.current?.focus();
    lastPath.current = path;
  }, [path, title]);
  const View = match?.row.screen;
  return (
    <main id="main" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {View === undefined ? (
        <p>
          There is nothing at this address. <a href="#/">Go to Home</a>
        </p>
      ) : (
        <View key={path} params={match?.params ?? {}} />
      )}
    </main>
  );
};

const useDrop = (): void => {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      // A bundle and its deployment settings may be dropped together.
      for (const file of event.dataTransfer?.files ?? []) {
        event.preventDefault();
        if (/\.latchkey-backup$/i.test(file.name)) void receiveBackup(file);
        else if (/\.(latchkey|json)$/i.test(file.name)) void receive(file);
        else tell('Only bundles (.latchkey or .json), their settings (.json) and backups (.latchkey-backup) can be opened here.');
      }
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, []);
};

const Frame = ({ frame }: { readonly frame: FrameView }) => (
  <>
    <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
      Skip to the content
    </button>
    <TopBar frame={frame} />
    {frame.isReadOnly ? <ReadOnlyNote /> : null}
    <div class="body">
      <Rail frame={frame} />
      <Screen key={frame.acting?.member.id ?? 'nobody'} />
    </div>
    <Notices />
  </>
);

/** What is left when the interface itself fails: nothing stored is touched by it. */
const Crash = () => (
  <main>
    <h1>Latchkey stopped drawing</h1>
    <p>What is stored was not touched. Reload to go on; what was entered in forms before may have to be entered again.</p>
    <button type="button" class="button primary" onClick={() => location.reload()}>
      Reload
    </button>
  </main>
);

export const App = () => {
  const [error] = useErrorBoundary();
  const live = useLive('frame', {});
  useDrop();
  if (error !== undefined) return <Crash />;
  if (live.state === 'failed')
    return (
      <main>
        <h1>Latchkey cannot start</h1>
        <FaultNote fault={live.fault} />
        <div class="actions">
          {live.fault.code === 'store.newer' ? <UpdateNow /> : null}
          <Button onPress={() => location.reload()}>Reload</Button>
        </div>
      </main>
    );
  return <Loaded live={live}>{(frame) => <Frame frame={frame} />}</Loaded>;
};
