import { AUTHORIZATION_STATES } from '../domain/authorization.ts';
import { CONNECTION_TYPE_NAMES, CONNECTION_TYPES } from '../domain/connection-type.ts';
import type { Side } from '../domain/workspace.ts';
import type { Call } from './command.ts';
import type { StepView } from './views.ts';

/** So many grants of a workspace are looked at for the steps' ticks. */
const SAMPLE = 50;

/** What a step looks at: everything on this device, whichever workspace acts. */
type Facts = {
  readonly connections: number;
  readonly applicationHref: string | null;
  readonly installationHref: string | null;
  readonly liveHref: string | null;
  readonly connectionHref: (side: Side, holder: 'shared' | 'member') => string | null;
  readonly granted: (side: Side, holder: 'shared' | 'member') => boolean;
  readonly isTested: boolean;
  readonly published: number;
  readonly installed: number;
  readonly hasRun: (kind: string) => boolean;
};

type Step = Omit<StepView, 'isDone' | 'href'> & {
  readonly isDone: (facts: Facts) => boolean;
  readonly href: (facts: Facts) => string | null;
};

/** The journey of the mission, in its order; each step ticks itself off from what is stored. */
const JOURNEY: readonly Step[] = [
  {
    id: 'define',
    label: 'Define connections',
    hint: 'Connections belong to one application. The sample brings two.',
    action: 'See connections',
    isDone: ({ connections }) => connections > 0,
    href: () => '#/connections',
  },
  {
    id: 'authorize-development',
    label: 'Authorize in development',
    hint: 'As the developer, unlock the shared connection with your own account at the sandbox.',
    action: 'Authorize',
    isDone: ({ granted }) => granted('developer', 'shared'),
    href: ({ connectionHref }) => connectionHref('developer', 'shared'),
  },
  {
    id: 'test',
    label: 'Test a connection',
    hint: 'Send the connector’s test request.',
    action: 'Test',
    isDone: ({ isTested }) => isTested,
    href: ({ connectionHref }) => connectionHref('developer', 'shared'),
  },
  {
    id: 'publish',
    label: 'Publish a version',
    hint: 'Sign the application into one bundle that holds no secret.',
    action: 'Publish',
    isDone: ({ published }) => published > 0,
    href: ({ applicationHref }) => (applicationHref === null ? null : `${applicationHref}/publish`),
  },
  {
    id: 'install',
    label: 'Install as the client',
    hint: 'Switch to the client’s workspace (top right) and open the bundle.',
    action: 'Install',
    isDone: ({ installed }) => installed > 0,
    href: () => '#/install',
  },
  {
    id: 'authorize-admin',
    label: 'Authorize the admin connection',
    hint: 'As the client’s admin, with the client’s own account.',
    action: 'Authorize',
    isDone: ({ granted }) => granted('client', 'shared'),
    href: ({ installationHref }) => installationHref,
  },
  {
    id: 'authorize-user',
    label: 'Authorize your own connection',
    hint: 'As a user, each for themselves.',
    action: 'Authorize',
    isDone: ({ granted }) => granted('client', 'member'),
    href: ({ installationHref }) => installationHref,
  },
  {
    id: 'run-action',
    label: 'Sell a property',
    hint: 'Enter a property that is sold: the invoice arrives in Sandbox Books.',
    action: 'Open the form',
    isDone: ({ hasRun }) => hasRun('form-integration'),
    href: ({ liveHref }) => (liveHref === null ? null : `${liveHref}/forms/properties`),
  },
  {
    id: 'run-panel',
    label: 'See your own number',
    hint: 'The dashboard counts the sold rows of your own sheet.',
    action: 'Open the page',
    isDone: ({ hasRun }) => hasRun('page-panel'),
    href: ({ liveHref }) => (liveHref === null ? null : `${liveHref}/pages/dashboard`),
  },
];

/** Each fact asks an index for one row that shows it; nothing here grows with what is stored. */
const readFacts = async (call: Call): Promise<Facts> => {
  const { db } = call;
  const workspaces = await db.workspaces.toArray();
  const [application, installation] = await Promise.all([db.applications.limit(1).first(), db.installations.limit(1).first()]);
  const hrefs = new Map<string, string>();
  const granted = new Set<string>();
  let isTested = false;
  const kinds = new Set<string>();
  for (const { id, side } of workspaces) {
    for (const type of CONNECTION_TYPE_NAMES) {
      const found = await db.connections.where('byType').startsWith(`${id} ${type} `).first();
      const key = `${side} ${CONNECTION_TYPES[type].holder}`;
      if (found !== undefined && !hrefs.has(key)) hrefs.set(key, `#/connections/${found.id}`);
    }
    for (const state of AUTHORIZATION_STATES) {
      const rows = db.authorizations.where('[workspaceId+state]').equals([id, state]);
      const some = await rows
        .filter(({ grant }) => grant !== null)
        .limit(SAMPLE)
        .toArray();
      for (const { holder, provenAt } of some) {
        granted.add(`${side} ${holder === 'shared' ? 'shared' : 'member'}`);
        isTested ||= provenAt !== null;
      }
    }
    if (side === 'client')
      for (const name of ['form-integration', 'page-panel'])
        if ((await db.runs.where('okKey').equals(`${id} ${name}`).first()) !== undefined) kinds.add(name);
  }
  return {
    connections: hrefs.size,
    applicationHref: application === undefined ? null : `#/apps/${application.id}`,
    installationHref: installation === undefined ? null : `#/installed/${installation.id}`,
    liveHref: installation === undefined ? null : `#/live/${installation.id}/production`,
    connectionHref: (side, holder) => hrefs.get(`${side} ${holder}`) ?? null,
    granted: (side, holder) => granted.has(`${side} ${holder}`),
    isTested,
    published: await db.releases.count(),
    installed: installation === undefined ? 0 : 1,
    hasRun: (kind) => kinds.has(kind),
  };
};

/** The steps of the journey as Home draws them. */
export const readJourney = async (call: Call): Promise<StepView[]> => {
  const facts = await readFacts(call);
  return JOURNEY.map(({ id, label, hint, action, isDone, href }) => ({
    id,
    label,
    hint,
    action,
    isDone: isDone(facts),
    href: href(facts) ?? '#/',
  }));
};
