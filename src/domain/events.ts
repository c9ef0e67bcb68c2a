import type { Environment, EnvironmentScope } from './environment.ts';
import type { EventId, MemberId, WorkspaceId } from './ids.ts';

/** Every event, with the sentence the audit shows; `{name}` is a member of the event's fields. */
export const EVENTS = {
  'workspace.created': 'created the workspace {name}',
  'member.distribute-given': 'gave {name} distribute access',
  'member.distribute-taken': 'took distribute access from {name}',
  'client.added': 'added the client {name}',
  'client.removed': 'removed the client {name}',
  'member.added': 'added {name} as {role}',
  'member.acted': 'began to act as {name}',
  'sample.loaded': 'loaded the sample {name}',
  'application.created': 'created the application {name}',
  'application.changed': 'changed the application {name}',
  'application.published': 'published {name} {version} to stage',
  'application.distributed': 'distributed {name} {version} to {whom}',
  'application.imported': 'imported {name} {version}',
  'component.saved': 'saved the component {name}',
  'component.deleted': 'deleted the component {name}',
  'connection.defined': 'defined the connection {name}',
  'connection.came-into-being': 'made the system connection to {name}',
  'connection.changed': 'changed the connection {name}: {what}',
  'connection.access-enabled': 'enabled the connection {name} for {application}',
  'connection.access-disabled': 'disabled the connection {name} for {application}',
  'connection.duplicated': 'duplicated the connection {name} as {linkName}',
  'connection.type-changed': 'made {name} a connection of the type {type}',
  'connection.policy-changed': 'gave {name} {policy} authorization for its environments',
  'connection.paused': 'paused the connection {name}',
  'connection.resumed': 'resumed the connection {name}',
  'connection.credentials-chosen': 'lets {app} authorize the connection {name}',
  'connection.retired': 'retired the connection {name}',
  'connection.returned': 'brought the connection {name} back',
  'connection.deleted': 'deleted the connection {name}',
  'connection.tested': 'tested the connection {name}: {result}',
  'authorization.granted': 'authorized {name} as {account}',
  'authorization.switched': 'switched the authorization of {name} to {account}',
  'authorization.account-named': 'named the account of {name} {account}',
  'authorization.paused': 'paused their own authorization of {name}',
  'authorization.resumed': 'resumed their own authorization of {name}',
  'authorization.refused': 'did not get access for {name}: {code}',
  'authorization.revoked': 'revoked the authorization of {name}',
  'authorization.ended': 'found that access of {name} had ended',
  'authorization.renewed': 'renewed access of {name}',
  'bundle.installed': 'installed {name} {version}',
  'bundle.staged': 'took {name} {version} to stage',
  'bundle.rolled-back': 'went back to {name} {version}',
  'installation.version-skipped': 'stays on its version of {name} and declined {version}',
  'installation.version-unskipped': 'lets {name} {version} be offered again',
  'installation.pinned': 'pinned {name} to {version}',
  'installation.unpinned': 'lets updates of {name} be offered again',
  'installation.version-revoked': 'learned that the publisher stopped {name}: {why}',
  'feed.followed': 'follows the feed at {name}',
  'feed.unfollowed': 'no longer follows the feed at {name}',
  'feed.moved': 'reads a feed at {name} from now on',
  'feed.forked': 'found that the feed at {name} shows different people different things',
  'installation.stage-added': 'added {name} to stage',
  'installation.stage-removed': 'removed {name} from stage',
  'connector.added': 'made the custom connector {name}',
  'connector.changed': 'changed the custom connector {name}: {what}',
  'connector.deleted': 'deleted the custom connector {name}',
  'credentials.saved': 'stored the OAuth app {name}',
  'credentials.registered': 'had Latchkey registered at {name}',
  'credentials.deleted': 'deleted the OAuth app {name}',
  'credentials.key-exported': 'exported the author key {fingerprint}, encrypted',
  'credentials.key-imported': 'signs with the author key {fingerprint} from now on',
  'application.uninstalled': 'uninstalled {name}',
  'member.left': 'removed {name} from the workspace',
  'record.saved': 'saved an entry in {name}',
  'record.deleted': 'deleted an entry in {name}',
  'outbox.retried': 'sent again what waited of {name}',
  'outbox.dismissed': 'took out of the outbox what waited of {name}',
  'component.ran': 'ran {name}: {result}',
  'settings.changed': 'changed the setting {name}',
  'vault.protected': 'protected the vault with a passphrase',
  'vault.passphrase-changed': 'changed the passphrase of the vault',
  'vault.passkey-added': 'let a passkey open the vault',
  'vault.passkey-removed': 'took the vault from a passkey',
  'vault.rotated': 'rotated the data key of the vault',
  'vault.reset': 'began the vault anew, without its authorizations',
  'backup.made': 'made a backup of the workspace, {how}',
  'backup.restored': 'restored the workspace as it was at {at}',
  'command.refused': 'was refused {name}: {code}',
} as const;

export type EventName = keyof typeof EVENTS;

/** Events about the account and not about an application: a developer's audit leaves them out. */
export const isAboutAccount = (name: EventName): boolean => /^(workspace|member|client|settings|credentials|vault|backup)\./.test(name);

/** One line of the audit: never edited, never deleted, no secret in it. */
export type AuditEvent = {
  readonly id: EventId;
  readonly at: number;
  readonly workspaceId: WorkspaceId | null;
  readonly actor: MemberId | null;
  readonly name: EventName;
  readonly subject: string | null;
  readonly environment: Environment | EnvironmentScope | null;
  readonly fields: Readonly<Record<string, string>>;
};

/** The sentence of an event, without who did it. */
export const eventText = (event: Pick<AuditEvent, 'name' | 'fields'>): string =>
  EVENTS[event.name].replace(/\{(\w+)\}/g, (_, field: string) => event.fields[field] ?? 'unknown');
