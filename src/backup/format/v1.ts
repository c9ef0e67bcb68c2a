import * as v from 'valibot';
import { idField, labelField, linkNameField, nameField, objectField, timeField, tokenField } from '../../bundle/format/fields.ts';
import { payloadSchema } from '../../bundle/format/v1.ts';
import { VERSION_PATTERN } from '../../domain/application.ts';
import { AUTHORIZATION_STATES } from '../../domain/authorization.ts';
import { ENVIRONMENTS } from '../../domain/environment.ts';
import { EVENTS, type EventName } from '../../domain/events.ts';
import { FAULTS, type FaultCode } from '../../domain/faults.ts';
import { isId, type OwnerId } from '../../domain/ids.ts';
import type { JsonValue } from '../../domain/json.ts';
import { SIGNING_ALGORITHMS } from '../../domain/oauth-app.ts';

export const BACKUP_FORMAT = 'latchkey.backup/1';

const text = v.string();
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const version = v.pipe(text, v.regex(VERSION_PATTERN));
const scopes = v.array(tokenField);
const environment = v.picklist(ENVIRONMENTS);
const environmentScope = v.picklist([...ENVIRONMENTS, 'all']);
const owner = v.custom<OwnerId>((value) => isId('app', value) || isId('ins', value), 'not an application or installation');
const holder = v.union([v.literal('shared'), idField('mem')]);
const faultCode = v.custom<FaultCode>((value) => typeof value === 'string' && Object.hasOwn(FAULTS, value), 'not a fault');
const eventName = v.custom<EventName>((value) => typeof value === 'string' && Object.hasOwn(EVENTS, value), 'not an event');
const fault = v.strictObject({ code: faultCode, detail: v.nullable(text) });
const texts = v.record(text, text);
/** What was parsed from JSON is JSON. */
const json = v.custom<JsonValue>((value) => value !== undefined);
/** Bytes travel as base64url. */
const bytes = v.pipe(text, v.regex(/^[\w-]*$/));
const hash = v.pipe(text, v.regex(/^[0-9a-f]{64}$/));
const applicationKey = v.pipe(
  text,
  v.check((value) => isId('app', value), 'not an application'),
);
/** RFC 7638 thumbprint. */
const keyId = v.pipe(text, v.regex(/^[\w-]{43}$/));
const channel = v.pipe(text, v.regex(/^[a-z2-7]{52}$/));
const revocation = v.strictObject({ v: version, level: v.picklist(['warn', 'block']), why: labelField });

const { id: _, version: __, ...definitionEntries } = payloadSchema.entries.application.entries;
const definition = v.strictObject(definitionEntries);
const staged = v.strictObject({ version, definition });
const storedVersion = v.strictObject({ version, definition, bundleHash: hash });

const result = v.strictObject({
  label: text,
  value: text,
  table: v.nullable(v.strictObject({ columns: v.array(text), rows: v.array(v.array(text)) })),
});
const script = v.strictObject({
  info: v.array(v.strictObject({ text, line: whole })),
  trace: v.array(v.strictObject({ name: text, value: text, line: whole })),
  requests: v.array(v.strictObject({ method: text, url: text, body: v.nullable(text), status: whole })),
  stoppedAt: v.nullable(v.strictObject({ line: whole, column: whole })),
  dropped: whole,
});

const connectionDefinition = {
  linkName: linkNameField,
  displayName: nameField,
  connectorId: tokenField,
  type: v.picklist(['system', 'admin', 'logged-in-user']),
  scopes,
  environmentPolicy: v.picklist(['same', 'separate']),
};

const grant = v.strictObject({
  account: text,
  subject: text,
  issuer: text,
  clientId: text,
  madeIn: environment,
  scopes,
  grantedBy: idField('mem'),
  grantedAt: timeField,
  renewedAt: v.nullable(timeField),
  expiresAt: v.nullable(timeField),
  canRenew: v.boolean(),
  renewingSince: v.exactOptional(timeField),
});

const lastTest = v.strictObject({
  at: timeField,
  isOk: v.boolean(),
  status: v.nullable(whole),
  fault: v.nullable(faultCode),
  milliseconds: v.number(),
});

/**
 * What a backup says of each row, field by field: a field that is added to a row later is not in it before it is named here. Times are
 * epoch milliseconds.
 */
export const BACKUP_ROWS = {
  members: {
    id: idField('mem'),
    workspaceId: idField('wsp'),
    name: nameField,
    role: v.picklist(['super-admin', 'admin', 'developer', 'user']),
    hasDistributeAccess: v.boolean(),
    leftAt: v.nullable(timeField),
    createdAt: timeField,
    revision: whole,
  },
  applications: {
    ...definitionEntries,
    id: idField('app'),
    workspaceId: idField('wsp'),
    latestVersion: v.nullable(version),
    staged: v.nullable(staged),
    createdAt: timeField,
    revision: whole,
  },
  connections: {
    ...connectionDefinition,
    id: idField('con'),
    workspaceId: idField('wsp'),
    ownerId: v.nullable(owner),
    publishedIn: v.array(version),
    staged: v.nullable(v.strictObject({ displayName: nameField, scopes })),
    isOnlyStaged: v.boolean(),
    isRetired: v.boolean(),
    isNoLongerUsed: v.boolean(),
    pausedBy: v.nullable(idField('mem')),
    oauthAppId: v.nullable(idField('oap')),
    createdAt: timeField,
    updatedAt: timeField,
    revision: whole,
  },
  components: {
    linkName: linkNameField,
    name: nameField,
    kind: tokenField,
    config: objectField,
    id: idField('cmp'),
    workspaceId: idField('wsp'),
    ownerId: owner,
    environment,
    references: v.array(linkNameField),
    services: v.array(tokenField),
    dynamicReferences: v.array(text),
    createdAt: timeField,
    updatedAt: timeField,
    revision: whole,
  },
  authorizations: {
    id: idField('aut'),
    workspaceId: idField('wsp'),
    connectionId: idField('con'),
    connectorId: tokenField,
    environment: environmentScope,
    holder,
    state: v.picklist(AUTHORIZATION_STATES),
    reason: v.nullable(faultCode),
    variables: texts,
    grant: v.nullable(grant),
    lastTest: v.nullable(lastTest),
    provenAt: v.nullable(timeField),
    isPaused: v.boolean(),
    revision: whole,
  },
  releases: {
    id: idField('rel'),
    workspaceId: idField('wsp'),
    applicationId: idField('app'),
    version,
    contents: v.strictObject({
      application: payloadSchema.entries.application,
      connections: payloadSchema.entries.connections,
      components: payloadSchema.entries.components,
      requirements: payloadSchema.entries.requirements,
    }),
    signed: v.nullable(v.strictObject({ fileName: labelField, hash, bytes })),
    publishedAt: timeField,
    publishedBy: idField('mem'),
    revision: whole,
  },
  distributions: {
    id: idField('dst'),
    workspaceId: idField('wsp'),
    applicationId: idField('app'),
    releaseId: idField('rel'),
    version,
    channel: v.variant('kind', [
      v.strictObject({ kind: v.literal('private'), clientIds: v.array(idField('cli')) }),
      v.strictObject({ kind: v.literal('marketplace') }),
    ]),
    at: timeField,
    by: idField('mem'),
  },
  clients: {
    id: idField('cli'),
    workspaceId: idField('wsp'),
    name: nameField,
    createdAt: timeField,
    removedAt: v.nullable(timeField),
    revision: whole,
  },
  connectors: { id: tokenField, workspaceId: idField('wsp'), record: objectField, createdAt: timeField, revision: whole },
  oauthApps: {
    id: idField('oap'),
    workspaceId: idField('wsp'),
    connectorId: tokenField,
    name: nameField,
    clientId: text,
    hasSecret: v.boolean(),
    /** Absent where a secret is sealed and no private key. */
    key: v.exactOptional(v.strictObject({ algorithm: v.picklist(SIGNING_ALGORITHMS), keyId: v.nullable(text), subject: v.nullable(text) })),
    /** Absent where somebody registered it by hand. */
    registered: v.exactOptional(v.strictObject({ issuer: text, redirectUri: text, secretEndsAt: v.nullable(timeField) })),
    createdAt: timeField,
    revision: whole,
  },
  installations: {
    id: idField('ins'),
    workspaceId: idField('wsp'),
    applicationId: idField('app'),
    authorKeyId: text,
    authorName: nameField,
    version,
    definition,
    bundleHash: hash,
    staged: v.nullable(storedVersion),
    // A backup of an older program has neither.
    previous: v.exactOptional(v.nullable(storedVersion), null),
    revocations: v.exactOptional(v.array(revocation), []),
    channels: v.exactOptional(v.array(channel)),
    presets: v.exactOptional(v.record(text, v.record(text, text))),
    installedAt: timeField,
    installedBy: idField('mem'),
    revision: whole,
  },
  bundles: { hash, bytes },
  trust: {
    id: text,
    workspaceId: idField('wsp'),
    authorKeyId: text,
    applicationId: idField('app'),
    highestVersion: version,
    hash,
    blocks: v.exactOptional(v.pipe(v.array(revocation), v.readonly())),
    withdrawnBy: v.exactOptional(channel),
  },
  /** How the last check went, and what was downloaded, is of the device and not in it. */
  feeds: {
    id: idField('fed'),
    workspaceId: idField('wsp'),
    address: text,
    channel,
    clientId: idField('fed'),
    state: text,
    signers: v.array(keyId),
    authors: v.array(keyId),
    choices: v.record(applicationKey, v.strictObject({ skipped: v.array(version), isPinned: v.boolean() })),
    forks: v.array(v.strictObject({ at: timeField, seen: text, other: text })),
    lastBlockAt: v.nullable(timeField),
    createdAt: timeField,
    revision: whole,
  },
  records: {
    id: idField('rec'),
    ownerId: owner,
    environment,
    form: linkNameField,
    values: texts,
    createdAt: timeField,
    updatedAt: timeField,
    revision: whole,
  },
  runs: {
    id: idField('run'),
    workspaceId: idField('wsp'),
    ownerId: owner,
    componentId: idField('cmp'),
    kind: tokenField,
    environment,
    memberId: v.union([idField('mem'), v.literal('visitor')]),
    recordId: v.nullable(idField('rec')),
    at: timeField,
    isOk: v.boolean(),
    lastOkAt: v.nullable(timeField),
    fault: v.nullable(fault),
    result: v.nullable(result),
    label: text,
    lastGood: v.nullable(v.strictObject({ at: timeField, result })),
    script: v.nullable(script),
    request: v.nullable(v.strictObject({ method: text, url: text, body: v.nullable(text) })),
    response: v.nullable(v.strictObject({ status: whole, body: text })),
  },
  events: {
    id: idField('evt'),
    at: timeField,
    workspaceId: v.nullable(idField('wsp')),
    actor: v.nullable(idField('mem')),
    name: eventName,
    subject: v.nullable(text),
    environment: v.nullable(environmentScope),
    fields: texts,
  },
} as const;

export type BackedUp = keyof typeof BACKUP_ROWS;

const workspaceEntries = {
  id: idField('wsp'),
  side: v.picklist(['developer', 'client']),
  name: nameField,
  createdAt: timeField,
  revision: whole,
};

const list = <E extends v.ObjectEntries>(entries: E) => v.array(v.strictObject(entries));

/** Version 1 of a backup's content. Strict, as a bundle is: an unknown field is refused (S15). */
export const backupSchema = v.strictObject({
  format: v.literal(BACKUP_FORMAT),
  madeAt: timeField,
  workspace: v.strictObject(workspaceEntries),
  authorKey: v.nullable(v.strictObject({ keyId: text, x: text })),
  /** Opened secrets; null in a backup without authorizations. They stand in encrypted files only. */
  secrets: v.nullable(v.array(v.strictObject({ purpose: v.picklist(['tokens', 'author-key', 'oauth-app']), id: text, value: json }))),
  rows: v.strictObject({
    members: list(BACKUP_ROWS.members),
    applications: list(BACKUP_ROWS.applications),
    connections: list(BACKUP_ROWS.connections),
    components: list(BACKUP_ROWS.components),
    authorizations: list(BACKUP_ROWS.authorizations),
    releases: list(BACKUP_ROWS.releases),
    distributions: list(BACKUP_ROWS.distributions),
    clients: list(BACKUP_ROWS.clients),
    /** Absent in backups of programs that had none. */
    connectors: v.optional(list(BACKUP_ROWS.connectors), []),
    oauthApps: list(BACKUP_ROWS.oauthApps),
    installations: list(BACKUP_ROWS.installations),
    bundles: list(BACKUP_ROWS.bundles),
    trust: list(BACKUP_ROWS.trust),
    feeds: v.optional(list(BACKUP_ROWS.feeds), []),
    records: list(BACKUP_ROWS.records),
    runs: list(BACKUP_ROWS.runs),
    events: list(BACKUP_ROWS.events),
  }),
});

export type Backup = v.InferOutput<typeof backupSchema>;

/** A row as a backup has it: as it is stored, its bytes as text. */
export type BackupRow<N extends BackedUp> = Backup['rows'][N][number];
