import type { ComponentType } from 'preact';
import { lazy } from './lazy.tsx';
import { Activity } from './screens/activity.tsx';
import { Application } from './screens/application.tsx';
import { Applications } from './screens/applications.tsx';
import { Connection } from './screens/connection.tsx';
import { Connections } from './screens/connections.tsx';
import { Home } from './screens/home.tsx';
import { Installation } from './screens/installed.tsx';
import { Installed } from './screens/installed-list.tsx';

export type Params = { readonly params: Readonly<Record<string, string | undefined>> };

export type Group = 'home' | 'connections' | 'applications' | 'client' | 'activity' | 'settings';

export type Route = { readonly path: string; readonly title: string; readonly group: Group; readonly screen: ComponentType<Params> };

/** What few people open, and only now and then, is loaded when it is opened. */
const Catalogue = lazy<Params>(async () => (await import('./screens/catalogue.tsx')).Catalogue);
const Connector = lazy<Params>(async () => (await import('./screens/connector.tsx')).Connector);
const NewConnection = lazy<Params>(async () => (await import('./screens/new-connection.tsx')).NewConnection);
const OauthApps = lazy<Params>(async () => (await import('./screens/oauth-apps.tsx')).OauthApps);
const ComponentEditor = lazy<Params>(async () => (await import('./screens/component-editor.tsx')).ComponentEditor);
const LiveMode = lazy<Params>(async () => (await import('./screens/live.tsx')).LiveMode);
const Outbox = lazy<Params>(async () => (await import('./screens/outbox.tsx')).Outbox);
const CustomConnectors = lazy<Params>(async () => (await import('./screens/custom-connectors.tsx')).CustomConnectors);
const Backup = lazy<Params>(async () => (await import('./screens/backup.tsx')).Backup);
const Clients = lazy<Params>(async () => (await import('./screens/clients.tsx')).Clients);
const Distribute = lazy<Params>(async () => (await import('./screens/distribute.tsx')).Distribute);
const Install = lazy<Params>(async () => (await import('./screens/install.tsx')).Install);
const Publish = lazy<Params>(async () => (await import('./screens/publish.tsx')).Publish);
const Settings = lazy<Params>(async () => (await import('./screens/settings.tsx')).Settings);
const Updates = lazy<Params>(async () => (await import('./screens/updates.tsx')).Updates);
const UpgradeScreen = lazy<Params>(async () => (await import('./screens/upgrade.tsx')).UpgradeScreen);
const Where = lazy<Params>(async () => (await import('./screens/where.tsx')).Where);

/** Every address, in the order in which they are tried. */
export const ROUTES: readonly Route[] = [
  { path: '/', title: 'Home', group: 'home', screen: Home },
  { path: '/connections', title: 'Connections', group: 'connections', screen: Connections },
  { path: '/connections/new', title: 'New connection', group: 'connections', screen: NewConnection },
  { path: '/connections/:id', title: 'Connection', group: 'connections', screen: Connection },
  { path: '/catalogue', title: 'Catalogue', group: 'connections', screen: Catalogue },
  { path: '/catalogue/:connector', title: 'Connector', group: 'connections', screen: Connector },
  { path: '/apps', title: 'Applications', group: 'applications', screen: Applications },
  { path: '/apps/:app', title: 'Application', group: 'applications', screen: Application },
  { path: '/apps/:app/components/:id', title: 'Component', group: 'applications', screen: ComponentEditor },
  { path: '/apps/:app/publish', title: 'Publish', group: 'applications', screen: Publish },
  { path: '/apps/:app/versions/:release', title: 'Distribute', group: 'applications', screen: Distribute },
  { path: '/clients', title: 'Clients', group: 'applications', screen: Clients },
  { path: '/custom-connectors', title: 'Custom connectors', group: 'settings', screen: CustomConnectors },
  { path: '/oauth-apps', title: 'OAuth apps', group: 'settings', screen: OauthApps },
  { path: '/live/:owner/:environment/forms/:form', title: 'Form', group: 'applications', screen: LiveMode },
  { path: '/live/:owner/:environment/pages/:page', title: 'Page', group: 'applications', screen: LiveMode },
  { path: '/installed', title: 'Installed', group: 'client', screen: Installed },
  { path: '/installed/:app', title: 'Installed application', group: 'client', screen: Installation },
  { path: '/installed/:app/upgrade', title: 'Upgrade', group: 'client', screen: UpgradeScreen },
  { path: '/updates', title: 'Updates', group: 'client', screen: Updates },
  { path: '/install', title: 'Install', group: 'client', screen: Install },
  { path: '/activity/outbox', title: 'Outbox', group: 'activity', screen: Outbox },
  { path: '/activity', title: 'Activity', group: 'activity', screen: Activity },
  { path: '/backup', title: 'Backup and restore', group: 'settings', screen: Backup },
  { path: '/where', title: 'Where is it all?', group: 'settings', screen: Where },
  { path: '/settings', title: 'Settings', group: 'settings', screen: Settings },
];
