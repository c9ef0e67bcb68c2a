import type { Connector } from './connector.ts';

export const CONNECTION_TYPE_NAMES = ['system', 'admin', 'logged-in-user'] as const;
export type ConnectionType = (typeof CONNECTION_TYPE_NAMES)[number];

export type TypeRow = {
  readonly label: string;
  readonly sentence: string;
  /** One authorization for everyone, or one for each member. */
  readonly holder: 'shared' | 'member';
  readonly isMadeByHand: boolean;
  readonly isInBundle: boolean;
  /** Who authorizes it at the client, as a person reads it. */
  readonly authorizedBy: string;
};

/** Exactly three types (R21); every difference between them is a cell here. */
export const CONNECTION_TYPES: Record<ConnectionType, TypeRow> = {
  system: {
    label: 'System',
    sentence: 'Comes into being by itself when a task first needs the service, and is shared by applications.',
    holder: 'shared',
    isMadeByHand: false,
    isInBundle: false,
    authorizedBy: 'a super admin, an admin or a developer',
  },
  admin: {
    label: 'Admin',
    sentence: 'Authorized once by an administrator of the account and used by everyone.',
    holder: 'shared',
    isMadeByHand: true,
    isInBundle: true,
    authorizedBy: 'a super admin, an admin or a developer',
  },
  'logged-in-user': {
    label: 'Logged-in user',
    sentence: 'Each person authorizes it with their own account, and runs use the account of the person who started them.',
    holder: 'member',
    isMadeByHand: true,
    isInBundle: true,
    authorizedBy: 'each person for themselves',
  },
};

/** The twelve services that can be authorized by each logged-in user (R22). */
export const LOGGED_IN_USER_CONNECTORS: ReadonlySet<string> = new Set([
  'quickbooks',
  'salesforce',
  'zoho-crm',
  'zoho-recruit',
  'clickatell',
  'hoiio',
  'clockwork-sms',
  'sms-magic',
  'twilio',
  'zoho-oauth',
  'zoho-projects',
  'zoho-sheets',
]);

type Served = Pick<Connector, 'id' | 'standsFor'>;

const isServed = ({ id, standsFor }: Served): boolean => LOGGED_IN_USER_CONNECTORS.has(standsFor ?? id);

/** The types a person can choose for this connector (R22, R23, R24, R27); with the limit lifted, more than the model product has. */
export const typesFor = (connector: Served, isLifted = false): readonly ConnectionType[] =>
  isServed(connector) || isLifted ? ['admin', 'logged-in-user'] : ['admin'];

/** Has the model product no connection of this type for this connector (R22). */
export const isBeyondModel = (type: ConnectionType, connector: Served): boolean => type === 'logged-in-user' && !isServed(connector);
