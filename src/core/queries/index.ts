import { authorizing, clients, oauthApps } from './accounts.ts';
import { audit, flow, settings, vault } from './activity.ts';
import { application, applications, distributeReview, publishReview } from './applications.ts';
import { catalogue, connector, connectorDraft, connectorNames, customConnectors } from './catalogue.ts';
import { connections } from './connection-list.ts';
import { connection } from './connections.ts';
import { feeds, rollbackReview } from './feeds.ts';
import { frame } from './frame.ts';
import { home, popup } from './home.ts';
import { installation, installed } from './installed.ts';
import { liveMode, records } from './live.ts';
import { dryRun, outbox } from './outbox.ts';
import { where } from './where.ts';

/** Every query, by the name that screens watch it under. */
export const QUERIES = {
  frame,
  home,
  popup,
  connections,
  connection,
  catalogue,
  connector,
  connectorNames,
  connectorDraft,
  customConnectors,
  applications,
  application,
  publishReview,
  distributeReview,
  clients,
  oauthApps,
  authorizing,
  installed,
  installation,
  feeds,
  rollbackReview,
  liveMode,
  records,
  outbox,
  dryRun,
  flow,
  audit,
  settings,
  vault,
  where,
};
