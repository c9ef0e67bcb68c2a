export type FaultRow = {
  /** What happened, and where it is known why. `{thing}` is replaced by the fault's detail. */
  readonly text: string;
  /** What the reader does next. */
  readonly remedy: string;
  /** Can trying the same again help. */
  readonly retry: boolean;
};

/** Every fault the product can show. The UI shows rows and composes no text of its own. */
export const FAULTS = {
  'core.internal': {
    text: 'Something went wrong inside Latchkey. Nothing was changed.',
    remedy: 'Try again. If it happens again, report what you did just before.',
    retry: true,
  },
  'core.unavailable': {
    text: 'The part of Latchkey that does the work was stopped. Nothing was lost.',
    remedy: 'It starts again by itself: try again.',
    retry: true,
  },
  'core.input-invalid': { text: 'Some of what was entered cannot be used: {thing}.', remedy: 'Correct it and try again.', retry: false },
  'core.unknown-call': { text: 'This page asked for something that Latchkey does not know.', remedy: 'Reload the page.', retry: false },
  'core.no-workspace': { text: 'There is no workspace yet.', remedy: 'Load the sample or create a workspace on Home.', retry: false },
  'access.refused': {
    text: 'This is not allowed here: {thing}.',
    remedy: 'Ask somebody whose role allows it, or switch the acting member.',
    retry: false,
  },
  'state.forbidden': { text: 'That step does not exist from here: {thing}.', remedy: 'Reload to see the current state.', retry: false },
  'store.unavailable': {
    text: 'This browser does not let Latchkey store anything, so nothing can be kept.',
    remedy: 'Leave private browsing or allow site data for this address, then reload.',
    retry: true,
  },
  'store.conflict': {
    text: 'Somebody else changed this in the meantime. Your change was not stored.',
    remedy: 'Look at the current state and do it again.',
    retry: true,
  },
  'store.full': { text: 'The browser’s storage is full. Nothing was changed.', remedy: 'Free some space and try again.', retry: true },
  'store.newer': {
    text: 'The stored data was written by a newer Latchkey.',
    remedy: 'Update Latchkey. Nothing was changed, sent or deleted.',
    retry: false,
  },
  'store.blocked': {
    text: 'An older Latchkey is still open and keeps the update of the stored data waiting: {thing}.',
    remedy: 'Close that window, then try again. Nothing was changed.',
    retry: true,
  },
  'store.missing': { text: 'This does not exist any more: {thing}.', remedy: 'Go back to the list.', retry: false },
  'vault.tampered': {
    text: 'A stored secret cannot be read: it was changed or moved.',
    remedy: 'Authorize the connection again.',
    retry: false,
  },
  'vault.locked': {
    text: 'The vault is locked.',
    remedy: 'Unlock it with your passphrase; what you began goes on by itself.',
    retry: true,
  },
  'vault.passphrase-wrong': {
    text: 'The vault did not open: the passphrase is not right, or its header is damaged.',
    remedy: 'Try again. Without the passphrase the vault can only begin anew: definitions stay, authorizations are lost.',
    retry: true,
  },
  'vault.passphrase-weak': {
    text: 'That passphrase is too short: {thing}.',
    remedy: 'Use 12 characters or more; several words are easy to keep in mind.',
    retry: false,
  },
  'vault.passkey-wrong': {
    text: 'That passkey does not open this vault.',
    remedy: 'Use the passphrase; a passkey can be added again in Settings.',
    retry: true,
  },
  'vault.passkey-unavailable': {
    text: 'No passkey was made or used: it was cancelled, or this device has none that can open a vault.',
    remedy: 'Use the passphrase. Not every passkey can give a key (WebAuthn PRF).',
    retry: true,
  },
  'vault.protected': { text: 'The vault has a passphrase already.', remedy: 'Change it instead.', retry: false },
  'vault.unprotected': { text: 'The vault has no passphrase yet.', remedy: 'Set one in Settings.', retry: false },
  'vault.unavailable': {
    text: 'The key to the stored secrets cannot be read.',
    remedy: 'Reload; if it stays so, authorize again.',
    retry: true,
  },

  'backup.unreadable': {
    text: 'This backup cannot be read: {thing}. Nothing was changed.',
    remedy: 'Choose the file as Latchkey saved it; if it is damaged, use an older backup.',
    retry: false,
  },
  'backup.newer': {
    text: 'This backup was written by a newer Latchkey ({thing}). Nothing was changed.',
    remedy: 'Update Latchkey, then restore it.',
    retry: false,
  },
  'backup.too-large': {
    text: 'The backup would be, or is, too large: {thing}. Nothing was changed.',
    remedy: 'A backup may have 32 MiB: delete entries and runs that are no longer needed.',
    retry: false,
  },
  'backup.passphrase-needed': {
    text: 'This backup is encrypted.',
    remedy: 'Type the passphrase that it was made with.',
    retry: false,
  },
  'backup.not-opened': {
    text: 'The backup did not open: the passphrase is not right, or the file is damaged. Nothing was changed.',
    remedy: 'Try again with the passphrase that it was made with; it need not be that of the vault.',
    retry: true,
  },
  'backup.row-odd': {
    text: 'The stored row of {thing} is damaged, and without it nobody could restore the backup. Nothing was written.',
    remedy: 'Restore a backup from before: it replaces what is damaged.',
    retry: false,
  },
  'backup.not-yours': {
    text: 'The workspace {thing} is on this device already, and only its super admin may replace it.',
    remedy: 'Act as its super admin, then restore.',
    retry: false,
  },

  'workspace.role-unknown': {
    text: 'That role does not exist on this side: {thing}.',
    remedy: 'Choose one of the roles shown.',
    retry: false,
  },
  'workspace.owner-stays': {
    text: 'The super admin owns the account and cannot be removed.',
    remedy: 'Remove another member.',
    retry: false,
  },
  'application.link-name-taken': {
    text: 'Another application of this workspace is called that already: {thing}.',
    remedy: 'Choose another name.',
    retry: false,
  },
  'application.part-unknown': { text: 'The application has no such part: {thing}.', remedy: 'Choose one of those shown.', retry: false },
  'application.part-taken': {
    text: 'The application has a part of that name already: {thing}.',
    remedy: 'Choose another name.',
    retry: false,
  },
  'connection.link-name-taken': {
    text: 'The link name {thing} is taken in this workspace.',
    remedy: 'Choose another link name.',
    retry: false,
  },
  'connection.link-name-wrong': {
    text: 'The link name {thing} cannot be used.',
    remedy: 'Begin with a small letter; then small letters, digits and _ up to 50 characters.',
    retry: false,
  },
  'connection.cannot-serve': {
    text: 'The first of these connections cannot serve in place of the second: {thing}.',
    remedy: 'Choose one for the same service and of the same type that no application uses, or take a copy (R40).',
    retry: false,
  },
  'connection.type-forbidden': {
    text: 'This connector cannot have that type: {thing}.',
    remedy: 'Logged-in user connections exist for twelve services only; choose Admin (R22, R23). System connections make themselves (R24).',
    retry: false,
  },
  'connection.connector-unknown': {
    text: 'There is no built-in connector {thing}.',
    remedy: 'Choose one from the catalogue (R20).',
    retry: false,
  },
  'connection.connector-retired': {
    text: '{thing} is no longer offered by its makers, so no new connection is made to it.',
    remedy:
      'Choose another service. Where the account still has an endpoint, make a custom connector from this record and give it that address (A18).',
    retry: false,
  },
  'connection.way-missing': {
    text: 'Latchkey cannot authorize this way: {thing}.',
    remedy: 'Choose another service, or call it by a script without a connection.',
    retry: false,
  },
  'connector.custom-off': {
    text: 'Custom connectors are off in this workspace.',
    remedy:
      'Connections are made from built-in connectors only (R20), unless a super admin or developer switches custom ones on in Settings.',
    retry: false,
  },
  'connector.custom-wrong': {
    text: 'The connector cannot be stored: {thing}.',
    remedy: 'Correct it and store it again.',
    retry: false,
  },
  'connector.address-forbidden': {
    text: 'This address cannot be used: {thing}.',
    remedy: 'Use https on port 443 or above 1023 and a public host name: no IP address, and no name of this device or network (S25).',
    retry: false,
  },
  'connector.domains-differ': {
    text: 'The addresses belong to different domains: {thing}.',
    remedy: 'Give addresses of one domain only, so that nobody else receives what is meant for the service (S18).',
    retry: false,
  },
  'connector.damaged': {
    text: 'The custom connector {thing} does not pass the checks any more, so nothing is sent by it.',
    remedy: 'Change it under Custom connectors until it passes, or restore a backup from before.',
    retry: false,
  },
  'connector.in-use': {
    text: 'The custom connector is in use: {thing}.',
    remedy: 'Delete these connections, OAuth apps and components first, or point the components at something else.',
    retry: false,
  },
  'connector.part-in-use': {
    text: 'The change takes away the {thing}.',
    remedy: 'Leave it in the record, or take it out of what uses it first.',
    retry: false,
  },
  'connector.change-ends': {
    text: 'The change moves where credentials go, and ends what was authorized or stored for: {thing}.',
    remedy: 'Look at what ends and agree to it; who authorized has to do so again (S23).',
    retry: false,
  },
  'connector.changed': {
    text: 'The custom connector was changed, and with it where the credential goes.',
    remedy: 'Look at its hosts, then authorize again.',
    retry: false,
  },
  'connection.scope-unknown': { text: 'The connector has no scope {thing}.', remedy: 'Choose from the scopes shown.', retry: false },
  'connection.catalogue-unreadable': {
    text: 'The catalogue of connectors cannot be read, so only the sandbox’s are here.',
    remedy: 'Reload, or install Latchkey again.',
    retry: true,
  },
  'connection.other-application': {
    text: 'The connection {thing} serves another application.',
    remedy: 'One connection serves one application (R40): define another one for this application.',
    retry: false,
  },
  'connection.referenced': {
    text: 'The connection is in use: {thing}.',
    remedy: 'Remove these references first (R43, R61).',
    retry: false,
  },
  'connection.published': {
    text: 'The connection was published in version {thing} and stays for the clients that have it.',
    remedy: 'A published connection is not disabled, deleted or given another type (R25, R44, R62); it can be retired (R57).',
    retry: false,
  },
  'connection.access-elsewhere': {
    text: 'The connection is enabled for {thing}.',
    remedy:
      'One connection serves one application (R40). Where nothing uses it there, move it here in one step (R42); else define another one.',
    retry: false,
  },
  'connection.not-published': {
    text: 'Only a published connection is retired; this one was never published.',
    remedy: 'Delete it instead, when nothing uses it (R57, R61).',
    retry: false,
  },
  'connection.authorized': {
    text: 'The connection is authorized: {thing}.',
    remedy: 'Its type changes only while nobody has authorized it (R25): revoke first.',
    retry: false,
  },
  'connection.keep-which': {
    text: 'There are several authorizations, and only one can serve every environment: {thing}.',
    remedy: 'Choose which one to keep; the others are revoked only after you confirm (R72).',
    retry: false,
  },
  'environment.no-stage': {
    text: '{thing} has no stage here.',
    remedy: 'On the developer side publish a version first (R73); at a client the super admin adds the application to stage (R115).',
    retry: false,
  },
  'credentials.needed': {
    text: '{thing} lets nobody sign in through Latchkey’s own registration.',
    remedy: 'Register an OAuth app with the service and store its client ID under Settings, OAuth apps; then choose it here.',
    retry: false,
  },
  'credentials.affects': {
    text: 'Changing this OAuth app affects {thing}.',
    remedy: 'Confirm to change it: these connections must then be authorized again (R121).',
    retry: false,
  },
  'credentials.secret-gone': {
    text: 'The secret that was entered is gone: nobody keeps it while the vault is locked.',
    remedy: 'Enter it again, then store.',
    retry: false,
  },
  'credentials.in-use': {
    text: 'The OAuth app is in use: {thing}.',
    remedy: 'Let these connections use another one first (R121).',
    retry: false,
  },
  'credentials.other-service': {
    text: 'The OAuth app is registered at another service: {thing}.',
    remedy: 'Choose one of this connector, or add it under OAuth apps (R121).',
    retry: false,
  },
  'credentials.key-needed': {
    text: '{thing} is authorized with a private key, and none is stored for it.',
    remedy: 'Enter the key when you authorize, or store it under Settings, OAuth apps, and choose it here.',
    retry: false,
  },
  'credentials.issuer-needed': {
    text: 'The key does not say whose it is.',
    remedy: 'Enter whom the key speaks for: the service account, or the client id.',
    retry: false,
  },
  'credentials.client-id-address': {
    text: 'No service can take this address for a client id: {thing}.',
    remedy:
      'Give the https address of the document exactly as a browser writes it, without user name, password and fragment, and no secret.',
    retry: false,
  },
  'credentials.registered': {
    text: 'Latchkey registered itself for {thing}, so there is nothing to change.',
    remedy: 'Add an OAuth app of your own if you prefer one, or delete the registration: Latchkey then registers itself anew.',
    retry: false,
  },
  'client.unknown': { text: 'There is no client {thing}.', remedy: 'Add the client first, or choose one of those shown.', retry: false },
  'client.taken': { text: 'There is a client {thing} already.', remedy: 'Choose another name.', retry: false },
  'component.unknown-kind': { text: 'There is no kind of component {thing}.', remedy: 'Choose one of the kinds shown.', retry: false },
  'component.config-wrong': { text: 'The component cannot be stored: {thing}.', remedy: 'Correct it and save again.', retry: false },
  'outbox.busy': {
    text: '{thing} is being sent, or nobody knows whether it arrived.',
    remedy: 'Wait a moment, or decide in the outbox.',
    retry: true,
  },
  'record.not-public': {
    text: 'The form {thing} is for members only.',
    remedy: 'Fill it in as a member, or let its builder make it public.',
    retry: false,
  },
  'record.invalid': { text: 'The entry was not stored: {thing}.', remedy: 'Correct the marked fields.', retry: false },

  'readiness.reference-unknown': {
    text: 'A component names a connection that does not exist: {thing}.',
    remedy: 'Define that connection or choose another one in the component (R89).',
    retry: false,
  },
  'readiness.reference-elsewhere': {
    text: 'A component names a connection that is not enabled for this application: {thing}.',
    remedy: 'Use a connection of this application (R40, R89).',
    retry: false,
  },
  'readiness.script': {
    text: 'A script has a part that is not understood: {thing}.',
    remedy: 'Mend it, or leave it: the script runs until it comes to that part.',
    retry: false,
  },
  'readiness.scope-lacking': {
    text: 'A connection is not asked for what a task needs: {thing}.',
    remedy: 'Add the scope to the connection; otherwise the service refuses the task.',
    retry: false,
  },
  'readiness.scope-not-checked': {
    text: 'The scopes that {thing} needs were not checked: nobody has written them down.',
    remedy: 'Run it in development before you hand it out.',
    retry: false,
  },
  'readiness.unused': {
    text: 'The connection {thing} is used by nothing and stays here.',
    remedy: 'Nothing to do; name it in a component to include it (R88).',
    retry: false,
  },
  'readiness.custom-connector': {
    text: '{thing} is made from a custom connector, and bundles carry built-in ones only.',
    remedy: 'Take it out of what is published, or use a built-in connector (R20).',
    retry: false,
  },
  'bundle.custom-connector': {
    text: 'The bundle uses a custom connector: {thing}.',
    remedy: 'Bundles carry built-in connectors only (R20). Ask its author for one without it.',
    retry: false,
  },
  'readiness.untested': {
    text: 'A connection was never tested successfully since it last changed: {thing}.',
    remedy: 'Test it there before the version is distributed (R80).',
    retry: false,
  },
  'readiness.scope-unused': {
    text: 'A connection asks for more than anything here uses: {thing}.',
    remedy: 'Take the scope away, so that clients need not grant it; or leave it, where something else needs it.',
    retry: false,
  },
  'readiness.type-beyond': {
    text: 'Each person authorizes the connection {thing}, and its service is none of the twelve.',
    remedy: 'Clients must lift the limit too, under Settings, before they can install this (R22); or make it an admin connection.',
    retry: false,
  },
  'readiness.nobody-logged-in': {
    text: 'A public form uses the connection {thing}, which needs somebody who is logged in.',
    remedy: 'Entries of visitors will fail there (R113): use an admin connection, or publish as it is.',
    retry: false,
  },
  'readiness.dynamic': {
    text: 'Which connection is used is known only when it runs: {thing}.',
    remedy: 'Name the connections that it may use (R54).',
    retry: false,
  },
  'readiness.empty': {
    text: 'The application has no components yet.',
    remedy: 'Add a component; publishing an empty application helps nobody.',
    retry: false,
  },
  'publish.not-ready': { text: 'The application cannot be published yet: {thing}.', remedy: 'Mend what the checks list.', retry: false },
  'publish.version-not-newer': {
    text: 'Version {thing} is not newer than the last one.',
    remedy: 'Choose a higher version; published versions never change (R91).',
    retry: false,
  },
  'distribute.untested': {
    text: 'Connections of this version were never tested successfully since they last changed: {thing}.',
    remedy: 'Test them in development or stage, or confirm to distribute as it is (R80).',
    retry: false,
  },
  'distribute.nobody': {
    text: 'A private share needs at least one client.',
    remedy: 'Choose clients, or use the Marketplace channel.',
    retry: false,
  },
  'publish.secret-found': {
    text: 'Something that looks like a secret would travel in the bundle: {thing}.',
    remedy: 'Remove it: secrets belong to an authorization. The id of a document passes under a name that ends in Id.',
    retry: false,
  },

  'bundle.not-json': {
    text: 'This file is not a Latchkey bundle: it does not hold JSON.',
    remedy: 'Choose a file that ends in .latchkey.',
    retry: false,
  },
  'bundle.not-a-bundle': {
    text: 'This file holds JSON, but it is not a Latchkey bundle.',
    remedy: 'Choose a file that ends in .latchkey.',
    retry: false,
  },
  'bundle.incomplete': { text: 'This file ends too early: a part of it is missing.', remedy: 'Download or copy it again.', retry: false },
  'bundle.format-newer': {
    text: 'This bundle was made by a newer Latchkey ({thing}).',
    remedy: 'Update Latchkey, then open it again.',
    retry: false,
  },
  'bundle.field-wrong': {
    text: 'The bundle does not have the form it must have: {thing}.',
    remedy: 'Ask the publisher for a fresh copy.',
    retry: false,
  },
  'bundle.not-canonical': {
    text: 'The file was re-formatted or changed after it was signed.',
    remedy: 'Ask the publisher for a fresh copy, as it was exported.',
    retry: false,
  },
  'bundle.signature-wrong': {
    text: 'This file was changed after it was signed. It cannot be installed.',
    remedy: 'Ask the publisher for a fresh copy and compare the fingerprint.',
    retry: false,
  },
  'bundle.key-wrong': {
    text: 'The author key in this bundle is not a usable key.',
    remedy: 'Ask the publisher for a fresh copy.',
    retry: false,
  },
  'bundle.too-large': { text: 'This file is too large for a bundle ({thing}).', remedy: 'Bundles are at most 16 MiB.', retry: false },
  'bundle.connector-unknown': {
    text: 'The bundle needs a connector that this Latchkey does not have: {thing}.',
    remedy: 'Update Latchkey, then open it again.',
    retry: false,
  },
  'bundle.type-beyond': {
    text: 'The bundle has a connection that each person authorizes, for a service that is none of the twelve: {thing}.',
    remedy: 'The model product has no such connection (R22). A super admin can lift that limit for this workspace under Settings.',
    retry: false,
  },
  'bundle.secret-found': {
    text: 'The bundle carries something that looks like a secret: {thing}.',
    remedy: 'Do not install it; tell the publisher.',
    retry: false,
  },
  'install.other-author': {
    text: 'An application “{thing}” is installed, and this bundle is signed by a different author.',
    remedy:
      'Do not use it unless the publisher confirms that they replaced their key. Then follow their feed: where its keys lead from the old one to this one, the bundle can be installed.',
    retry: false,
  },
  'install.already': { text: 'Version {thing} is installed already. Nothing was changed.', remedy: 'Nothing to do.', retry: false },
  'install.older': { text: 'A newer version is installed: {thing}.', remedy: 'Ask the publisher for the current bundle.', retry: false },
  'install.revoked': {
    text: 'The publisher stopped this version: {thing}.',
    remedy: 'Stay on the version that you have, or take another one.',
    retry: false,
  },
  'install.key-withdrawn': {
    text: 'The publisher withdrew the key that signed this bundle ({thing}): somebody else may have it.',
    remedy: 'Do not install it. Take what the publisher’s feed offers, or ask them for a bundle that is signed with their key of today.',
    retry: false,
  },
  'install.discouraged': {
    text: 'The publisher advises against this version: {thing}.',
    remedy: 'Read the reason before you go on.',
    retry: false,
  },
  'install.stage-other': {
    text: 'In this version the connection {thing} speaks to another service, or is authorized by others. Stage cannot hold it beside the one that runs.',
    remedy: 'Remove stage and take the version to production at once, or ask the publisher for a connection with another link name.',
    retry: false,
  },
  'install.no-previous': {
    text: 'The version before is not kept here any more: {thing}.',
    remedy: 'Open its bundle, if you have the file, or stay on this version.',
    retry: false,
  },
  'install.version-differs': {
    text: 'Version {thing} is installed, but with other content. Two different bundles carry the same version.',
    remedy: 'Do not install it; ask the publisher which one is right.',
    retry: false,
  },

  'oauth.sandbox-down': {
    text: 'The sandbox does not answer at {thing}.',
    remedy: 'Start it with npm start, or correct its address in Settings, then try again.',
    retry: true,
  },
  'oauth.provider-down': { text: 'The service does not answer at {thing}.', remedy: 'Check the network, then try again.', retry: true },
  'oauth.offline': { text: 'No network. Nothing is sent by itself.', remedy: 'Press Authorize again when you are back.', retry: true },
  'oauth.access-denied': {
    text: 'Access was refused on the service’s page. Nothing was changed.',
    remedy: 'Authorize again and choose Allow, if you want to connect.',
    retry: true,
  },
  'oauth.window-closed': {
    text: 'The service’s window was closed before it was done. Nothing was changed.',
    remedy: 'Authorize again and finish in the window.',
    retry: true,
  },
  'oauth.host-refused': {
    text: 'This browser does not let Latchkey reach {thing}. Nothing was sent.',
    remedy: 'Press Authorize again and allow it when the browser asks. It can be taken back under Where is it all?.',
    retry: true,
  },
  'oauth.popup-blocked': {
    text: 'The browser blocked the window of the service.',
    remedy: 'Open the sign-in page with the link, or allow pop-up windows for this address.',
    retry: true,
  },
  'oauth.cancelled': {
    text: 'The authorization was cancelled. Nothing was changed.',
    remedy: 'Authorize again when you like.',
    retry: true,
  },
  'oauth.page-unreachable': {
    text: 'The service’s sign-in page could not be loaded.',
    remedy: 'Check the network and that the service runs, then try again.',
    retry: true,
  },
  'oauth.state-mismatch': {
    text: 'An answer came back that belongs to no open authorization, so it was not used.',
    remedy: 'Authorize again from Latchkey. If you did not start one, close the page.',
    retry: true,
  },
  'oauth.issuer-mismatch': {
    text: 'The answer came from another authorization server than the one that was asked, so it was not used.',
    remedy: 'Try again; if it stays so, do not authorize and tell whoever runs {thing}.',
    retry: false,
  },
  'oauth.expired': { text: 'The authorization took too long and ended. Nothing was changed.', remedy: 'Authorize again.', retry: true },
  'oauth.answer-unreadable': {
    text: 'The service answered with something that is not an OAuth answer ({thing}).',
    remedy: 'Try again later. Your earlier authorization, if there was one, is still in place.',
    retry: true,
  },
  'oauth.refused': { text: 'The service refused the request: {thing}.', remedy: 'Authorize again.', retry: true },
  'oauth.grant-ended': {
    text: 'Access ended: renewal was refused. Usual reasons are a revocation, a changed password or long disuse.',
    remedy: 'Reconnect.',
    retry: false,
  },
  'oauth.scope-missing': {
    text: 'Authorized with less than was asked: {thing} was not granted.',
    remedy: 'Ask again for it, or keep it and expect the parts that need it to fail.',
    retry: false,
  },
  'oauth.renewal-cut': {
    text: 'Access was being renewed when Latchkey was stopped or the answer was lost, and the service may have replaced the key to it by then.',
    remedy: 'Reconnect. Trying the old key again could make the service end every access that it gave.',
    retry: false,
  },
  'oauth.token-expired': { text: 'Access ended, and the service gave no way to renew it.', remedy: 'Reconnect.', retry: false },
  'oauth.not-spoken': {
    text: '{thing} is not authorized by signing in.',
    remedy: 'Enter the key that the service gave you.',
    retry: false,
  },
  'oauth.way-wrong': {
    text: '{thing} is authorized in another way.',
    remedy: 'Reload the page and use the way that it offers.',
    retry: false,
  },
  'oauth.keys-not-taken': {
    text: '{thing} takes no key: one signs in there.',
    remedy: 'Press Authorize.',
    retry: false,
  },
  'oauth.pkce-missing': {
    text: 'The service does not offer PKCE with S256, so authorizing would not be safe.',
    remedy: 'Nothing can be done here; tell the service.',
    retry: false,
  },
  'oauth.id-token-wrong': {
    text: 'The service’s statement of who signed in is not valid, so nothing was stored.',
    remedy: 'Try again; if it stays so, tell the service.',
    retry: true,
  },

  'oauth.tenant-refused': {
    text: 'The service named a place that is not its own, so nothing is sent there: {thing}.',
    remedy: 'Authorize again; if it stays so, tell the service.',
    retry: true,
  },
  'oauth.endpoint-missing': {
    text: 'The connector has no address for this way to authorize: {thing}.',
    remedy: 'Choose another way to authorize.',
    retry: false,
  },
  'oauth.key-unusable': {
    text: 'That is not a private key that can sign with {thing}.',
    remedy: 'Choose the key file of the service, or paste the whole key, from its BEGIN PRIVATE KEY line to its END line.',
    retry: false,
  },

  'oauth.registration-lost': {
    text: '{thing} no longer knows the registration that Latchkey made there. Nothing was changed.',
    remedy: 'Authorize again: Latchkey registers itself anew.',
    retry: true,
  },

  'oauth.client-changed': {
    text: 'The OAuth app of this connection was changed, and the authorization belongs to the old one.',
    remedy: 'Reconnect (R121).',
    retry: false,
  },

  'run.version-revoked': {
    text: 'The publisher stopped this version: {thing}.',
    remedy: 'Take an update, or go back to the version before. Entries and authorizations are kept.',
    retry: false,
  },
  'run.not-connected': {
    text: 'The connection “{thing}” is not authorized yet.',
    remedy: 'Authorize it, or ask the person named.',
    retry: false,
  },
  'run.no-test': {
    text: '{thing} has no request that only looks, so there is nothing to test with.',
    remedy: 'Run a component that uses the connection: a run that works counts as a test.',
    retry: false,
  },
  'run.paused': {
    text: 'Paused: {thing}. The authorization is kept.',
    remedy: 'Resume it, or ask the person named (A25).',
    retry: false,
  },
  'run.nobody-logged-in': {
    text: 'Nobody was logged in, and “{thing}” works with each person’s own account.',
    remedy: 'Run it as a member, or let the builder use an admin connection (R113).',
    retry: false,
  },
  'run.connection-missing': {
    text: 'The component names a connection that does not exist: {thing}.',
    remedy: 'Choose a connection in the component.',
    retry: false,
  },
  'run.destination-refused': {
    text: 'A request to {thing} was stopped: the connection may not send its authorization there.',
    remedy: 'Use only addresses of the connection’s own service.',
    retry: false,
  },
  'run.input-missing': {
    text: 'A value that the service needs is missing: {thing}.',
    remedy: 'Fill it in, or map it in the component.',
    retry: false,
  },
  'run.refused': { text: 'The service refused the request ({thing}).', remedy: 'Read its answer below.', retry: false },
  'run.unauthorized': { text: 'The service did not accept the authorization.', remedy: 'Reconnect.', retry: false },
  'run.recipient-missing': {
    text: 'There is nobody to send it to: no recipient has a number.',
    remedy: 'Fill in the number, or name another recipient in the component.',
    retry: false,
  },
  'run.recipient-wrong': {
    text: '“{thing}” is no phone number in the international form.',
    remedy: 'Write it with its country, like +14155550100.',
    retry: false,
  },
  'run.unknown-outcome': {
    text: 'Nobody knows whether this arrived: the connection broke before the service answered ({thing}).',
    remedy: 'Look at the service. Send it again only if it is not there: the service cannot tell a repetition from a second one.',
    retry: false,
  },
  'run.script-failed': {
    text: 'The script stopped: {thing}.',
    remedy: 'Go to the line that is named and mend it.',
    retry: false,
  },
  'run.no-script-host': {
    text: 'Scripts run in a window of Latchkey, and none is open.',
    remedy: 'Open Latchkey; it goes on by itself.',
    retry: true,
  },
  'run.connection-unnamed': {
    text: 'The script calls {thing} without naming a connection.',
    remedy: 'Name a connection in the call: a script has no other way out.',
    retry: false,
  },
  'run.task-unknown': {
    text: 'The task {thing} cannot run in Latchkey yet.',
    remedy: 'Call the service’s address by invokeurl instead.',
    retry: false,
  },
  'run.host-not-allowed': {
    text: 'This browser does not let Latchkey reach {thing}, or does not let it any more. What was sent cannot have been read back.',
    remedy: 'Press Authorize or Reconnect beside the connection, and allow it when the browser asks.',
    retry: true,
  },
  'run.unreachable': { text: 'The service could not be reached at {thing}.', remedy: 'Check the network, then try again.', retry: true },
  'run.busy': { text: 'The service asked to wait ({thing}).', remedy: 'Try again later.', retry: true },
  'run.answer-wrong': {
    text: 'The service’s answer does not have the form that was expected: {thing}.',
    remedy: 'Try again later.',
    retry: true,
  },
  'run.answer-too-large': { text: 'The service’s answer was too large ({thing}).', remedy: 'Ask for less.', retry: false },
  'settings.not-settings': {
    text: 'These are no deployment settings of Latchkey.',
    remedy: 'Choose the file that an installed application saved, or one with "format": "latchkey.settings/1".',
    retry: false,
  },
  'settings.field-wrong': {
    text: 'The deployment settings cannot be used: {thing}.',
    remedy: 'Correct that place in the file, then choose it again. Nothing was changed.',
    retry: false,
  },
  'settings.other-application': {
    text: 'These deployment settings are for another application, or another author’s, than {thing}.',
    remedy: 'Choose the settings that belong to this bundle, or go on without.',
    retry: false,
  },
  'settings.secret-found': {
    text: 'The deployment settings carry something that looks like a secret: {thing}.',
    remedy: 'Remove it; secrets are typed where a connection is authorized, never written into a file.',
    retry: false,
  },
  'source.not-a-source': {
    text: 'This is not the source of a bundle: it holds no JSON object.',
    remedy: 'Name a source file, or a folder with bundle.json in it.',
    retry: false,
  },
  'source.is-a-bundle': {
    text: 'This is a signed bundle and not the source of one.',
    remedy: 'Unpack it first, then pack the folder.',
    retry: false,
  },
  'source.duplicate-name': {
    text: 'The name {thing} stands twice in one object, so it is not clear which one counts.',
    remedy: 'Remove one of them.',
    retry: false,
  },
  'source.part-wrong': {
    text: 'A part in a file of its own cannot be used: {thing}.',
    remedy: 'Name a part by its link name; its file has the same name and says it too.',
    retry: false,
  },
  'source.field-wrong': {
    text: 'The source does not have the form that it must have: {thing}.',
    remedy: 'Compare it with the schema of bundles.',
    retry: false,
  },
  'source.secret-found': {
    text: 'The source carries something that looks like a secret: {thing}.',
    remedy: 'Remove it: secrets belong to an authorization. The id of a document passes under a name that ends in Id.',
    retry: false,
  },
  'source.other-key': {
    text: 'The source names the key of another author.',
    remedy: 'Use that key, or remove author.key from the source to sign as a new author.',
    retry: false,
  },
  'diff.other-application': {
    text: 'These are two different applications: the first one is {thing}.',
    remedy: 'Compare two versions of one application.',
    retry: false,
  },
  'bundle.other-fingerprint': {
    text: 'The bundle is genuine, but it was signed by another key: {thing}.',
    remedy: 'Do not use it unless the publisher confirms this fingerprint.',
    retry: false,
  },
  'key.unreadable': {
    text: 'This is not a key file of Latchkey, or it is damaged.',
    remedy: 'Choose the file that latchkey key create made.',
    retry: false,
  },
  'key.not-opened': {
    text: 'The key file did not open: the passphrase is not right, or the file is damaged.',
    remedy: 'Try again with the passphrase that it was made with.',
    retry: true,
  },
  'key.other': {
    text: 'This is another key than the one that signs now: {thing}.',
    remedy: 'Export the present one, then confirm that this one takes its place.',
    retry: true,
  },
  'key.passphrase-short': {
    text: 'The passphrase is too short.',
    remedy: 'Use at least 12 characters; four random words are good.',
    retry: false,
  },
  'key.passphrase-different': { text: 'The two passphrases are not the same.', remedy: 'Type the same one twice.', retry: true },
  'key.exists': {
    text: 'A file of this name is there already, and a key is never written over: {thing}.',
    remedy: 'Choose another name.',
    retry: false,
  },
  'file.unreadable': { text: 'This cannot be read: {thing}.', remedy: 'Check the name and that you may read it.', retry: false },
  'file.unwritable': { text: 'This cannot be written: {thing}.', remedy: 'Check the folder and that you may write there.', retry: false },
  'file.too-large': { text: 'This file is too large: {thing}.', remedy: 'Choose the right file.', retry: false },
  'file.not-text': { text: 'This file is not text in UTF-8: {thing}.', remedy: 'Choose the right file.', retry: false },
  'file.folder-used': {
    text: 'The folder holds something else, and nothing in it was touched: {thing}.',
    remedy: 'Choose an empty folder, or one that a bundle was unpacked into before.',
    retry: false,
  },
  'feed.unreachable': {
    text: 'The feed could not be reached: {thing}.',
    remedy:
      'What is installed goes on working. Try again later. If it stays so, its host may not let pages of other addresses read it (CORS): tell the publisher, whose latchkey feed check says it.',
    retry: true,
  },
  'feed.page-refused': {
    text: 'No browser lets Latchkey read this feed: {thing}.',
    remedy:
      'Let the host send Access-Control-Allow-Origin: * with every answer, also where something is missing. A bucket needs two things: everybody may read its objects, and a CORS rule allows GET from every origin.',
    retry: false,
  },
  'feed.busy': { text: 'The feed asked to wait.', remedy: 'It is asked again later, by itself.', retry: true },
  'feed.too-slow': {
    text: 'The feed sent so slowly that it was given up: {thing}.',
    remedy: 'What is installed goes on working. Try again later.',
    retry: true,
  },
  'feed.too-large': {
    text: 'The feed sent more than it may: {thing}.',
    remedy: 'Nothing of it was used. Tell the publisher.',
    retry: false,
  },
  'feed.missing': {
    text: 'There is no feed at this address, or it is not public.',
    remedy: 'Check the address with the publisher.',
    retry: true,
  },
  'feed.not-a-feed': {
    text: 'What is at this address is not a feed of Latchkey, or it is damaged.',
    remedy: 'Check the address with the publisher.',
    retry: true,
  },
  'feed.newer': {
    text: 'This feed was made for a newer Latchkey ({thing}).',
    remedy: 'Update Latchkey. What is installed goes on working.',
    retry: false,
  },
  'feed.signature-wrong': {
    text: 'The feed was changed after it was signed, or somebody else signed it. Nothing of it was used.',
    remedy: 'What is installed goes on working. Tell the publisher.',
    retry: true,
  },
  'feed.key-unknown': {
    text: 'The feed is signed by a key that its publisher never named ({thing}). Nothing of it was used.',
    remedy: 'What is installed goes on working. Tell the publisher.',
    retry: true,
  },
  'feed.key-not-named': {
    text: 'This key may not publish to this channel ({thing}).',
    remedy: 'Use a key that the channel names, or put this one in with latchkey feed rotate.',
    retry: false,
  },
  'feed.channel-wrong': {
    text: 'This is the feed of another channel.',
    remedy: 'Check the address with the publisher.',
    retry: false,
  },
  'feed.root-wrong': {
    text: 'The publisher’s list of keys does not follow from the one that is known: {thing}.',
    remedy: 'What is installed goes on working. Tell the publisher.',
    retry: true,
  },
  'feed.older': {
    text: 'The feed shows an older state than was seen before. Nothing of it was used.',
    remedy: 'What is installed goes on working. If it stays so, tell the publisher.',
    retry: true,
  },
  'feed.forked': {
    text: 'The feed shows different people different things. Nothing is installed from it any more, and both states are kept as proof.',
    remedy: 'Send the proof to the publisher; they have to replace their key.',
    retry: false,
  },
  'feed.stale': {
    text: 'The publisher has not refreshed this feed since {thing}.',
    remedy: 'What is installed goes on working; nothing new is installed from it.',
    retry: true,
  },
  'feed.clock': {
    text: 'The clock of this device is behind the time at which the feed was signed ({thing}).',
    remedy: 'Check the clock.',
    retry: true,
  },
  'feed.index-wrong': {
    text: 'The list of versions is not the one that the feed names. Nothing of it was used.',
    remedy: 'What is installed goes on working. Try again later.',
    retry: true,
  },
  'feed.index-full': {
    text: 'The list of versions of this channel is full.',
    remedy: 'Begin a new channel, and name it as the successor of this one.',
    retry: false,
  },
  'feed.bundle-wrong': {
    text: 'The bundle is not the one that the feed names. Nothing was installed.',
    remedy: 'Try again later. If it stays so, tell the publisher.',
    retry: true,
  },
  'feed.bundle-other': {
    text: 'The feed names another application or version than the bundle holds: {thing}. Nothing was installed.',
    remedy: 'Tell the publisher.',
    retry: false,
  },
  'feed.author-unknown': {
    text: 'The bundle is signed by somebody whom the publisher of this feed does not name ({thing}).',
    remedy: 'Do not install it unless the publisher confirms this fingerprint.',
    retry: false,
  },
  'feed.version-taken': {
    text: 'Version {thing} was published before, with other content. A version never changes.',
    remedy: 'Publish it under a new version.',
    retry: false,
  },
  'feed.version-unknown': {
    text: 'The feed has no such version: {thing}.',
    remedy: 'Check the application’s id and the version.',
    retry: false,
  },
  'feed.number-spent': {
    text: 'The numbers of this epoch are used up. Somebody else may have signed with your key.',
    remedy: 'Replace the key: latchkey feed rotate.',
    retry: false,
  },
  'feed.number-taken': {
    text: 'Somebody wrote under a number that was claimed by this publication: {thing}.',
    remedy: 'Check who else may write to this store.',
    retry: false,
  },
  'feed.state-wrong': {
    text: 'What was trusted at the last check cannot be read: {thing}.',
    remedy: 'Bring it back, or remove it to trust the feed anew.',
    retry: false,
  },
  'feed.address-wrong': {
    text: 'This is not the address of a feed: {thing}.',
    remedy: 'Paste the address that the publisher gave you; it begins with https.',
    retry: false,
  },
  'feed.not-offered': {
    text: 'The feed does not offer version {thing} to this installation.',
    remedy: 'Check the feed again to see what it offers.',
    retry: true,
  },
  'feed.none': {
    text: 'No feed that you follow has {thing}.',
    remedy: 'Follow the publisher’s feed first.',
    retry: false,
  },
  'feed.store-unreachable': { text: 'The store could not be reached: {thing}.', remedy: 'Nothing was lost. Try again.', retry: true },
  'feed.store-refused': { text: 'The store refused the request ({thing}).', remedy: 'Check the credentials and the bucket.', retry: false },
  'feed.store-busy': {
    text: 'The store did not take the publication in time; whether it did is not known.',
    remedy: 'Publish the same again: what is there already is not published twice.',
    retry: true,
  },
  'feed.store-races': {
    text: 'Two writers can both win at this store, so a feed on it could lose a release: {thing}.',
    remedy: 'Use a store with atomic conditional writes, such as Amazon S3 or Ceph.',
    retry: false,
  },
  'deployment.sandbox-wrong': {
    text: 'That is not an address of a sandbox on this device: {thing}.',
    remedy: 'It looks like http://localhost:4180.',
    retry: false,
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof FAULTS;

/** What crosses the wire of a fault. `detail` names the thing (a link name, a host), never a secret or a URL with a query. */
export type FaultData = { readonly code: FaultCode; readonly detail: string | null };

/** One of several findings at once: data, not an error. */
export type Problem = { readonly code: FaultCode; readonly detail: string; readonly isBlocking: boolean; readonly where: string | null };

/** The one error class. Throw it with a code of the catalogue. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: string | null;

  constructor(code: FaultCode, detail: string | null = null) {
    super(detail === null ? code : `${code}: ${detail}`);
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
  }

  toData(): FaultData {
    return { code: this.code, detail: this.detail };
  }
}

/** What crosses the wire back from a command. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: FaultData };

/** The sentence that says what happened, with the fault's detail in its place. */
export const faultText = ({ code, detail }: FaultData): string => FAULTS[code].text.replace('{thing}', detail ?? 'unknown');

export const faultRemedy = ({ code, detail }: FaultData): string => {
  const row: FaultRow = FAULTS[code];
  return row.remedy.replace('{thing}', detail ?? 'unknown');
};

export const isFaultCode = (value: unknown): value is FaultCode => typeof value === 'string' && Object.hasOwn(FAULTS, value);
