import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { AttentionRow, AuthorizeWay, Permission, StatusView } from '../../core/views.ts';
import type { Environment } from '../../domain/environment.ts';
import { ENVIRONMENT_LABELS } from '../../domain/environment.ts';
import type { FlowState } from '../../domain/flow.ts';
import type { AuthorizationId, ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { askToUnlock } from '../unlock.ts';
import type { AuthorizeDialog } from './authorize-dialog.tsx';
import { Button, FaultNote } from './basics.tsx';
import { allowHosts, beginBy } from './begin.ts';
import { DeviceCode } from './device-code.tsx';
import type { KeysDialog } from './keys-dialog.tsx';

export type Reusable = {
  readonly authorizationId: AuthorizationId;
  readonly account: string;
  readonly connectionName: string;
  readonly hosts: AuthorizeWay['hosts'];
};

/** How the service's page begins. */
type Way = { readonly is: 'usual' } | { readonly is: 'switch' } | ({ readonly is: 'reuse' } & Pick<Reusable, 'authorizationId' | 'hosts'>);

type Props = {
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly environment: Environment;
  readonly status: StatusView;
  readonly permission: Permission;
  readonly hasGrant: boolean;
  readonly kind?: 'primary' | 'plain';
  /** May another account be put behind it (R77); absent where that is not offered. */
  readonly change?: Permission;
  /** Accounts that can be used again (R78). */
  readonly reusable?: readonly Reusable[];
  /** Somebody has come here to authorize: what it asks for stands open. */
  readonly isAsked?: boolean;
};

/** What asks before anything is authorized; loaded when it is needed, because a popup should be small. */
type Dialogs = { readonly Keys: typeof KeysDialog } | { readonly Form: typeof AuthorizeDialog };

/** Authorize or Reconnect; while the service's window is open, what to do there. The result arrives by the watched query. */
const FLOW_WORDS: Record<FlowState, string> = {
  waiting: 'Waiting for you in the service’s window.',
  parked: 'Almost done: unlock the vault to store it.',
  exchanging: 'Fetching the authorization…',
  done: 'Done.',
  failed: 'It did not work.',
};

export const Authorize = (props: Props) => {
  const {
    connectionId,
    displayName,
    environment,
    status,
    permission,
    hasGrant,
    kind = 'primary',
    change,
    reusable = [],
    isAsked = false,
  } = props;
  const acting = useAct();
  const [blockedUrl, setBlockedUrl] = useState<string | null>(null);
  const [dialogs, setDialogs] = useState<Dialogs | null>(null);
  const [asks, setAsks] = useState<'usual' | 'switch' | null>(null);
  const place = `${displayName} in ${ENVIRONMENT_LABELS[environment].name}`;
  const { flow, way: authorizeWay } = status;
  const begin = (way: Way = { is: 'usual' }): void => {
    // Before anything is awaited: a browser opens windows only inside the click.
    const provider = authorizeWay.begins === 'page' ? platform.openProvider() : null;
    // From here on there is something to lose (S57).
    platform.keepStorage();
    setBlockedUrl(null);
    acting.run(
      async () => {
        try {
          await allowHosts(way.is === 'reuse' ? way.hosts : authorizeWay.hosts);
          const url =
            way.is === 'switch'
              ? (await core.switchAuthorization({ connectionId, environment })).url
              : way.is === 'reuse'
                ? (await core.beginAuthorization({ connectionId, environment, reuse: way.authorizationId })).url
                : await beginBy(authorizeWay.begins, { connectionId, environment });
          if (url === null || provider === null) return;
          if (provider.isBlocked) setBlockedUrl(url);
          else provider.show(url);
        } catch (error) {
          provider?.close();
          throw error;
        }
      },
      () => begin(way),
    );
  };
  const ask = (what: 'usual' | 'switch'): void => {
    acting.run(async () => {
      setDialogs(
        authorizeWay.by === 'keys'
          ? { Keys: (await import('./keys-dialog.tsx')).KeysDialog }
          : { Form: (await import('./authorize-dialog.tsx')).AuthorizeDialog },
      );
      setAsks(what);
    });
  };
  const isAskedFirst = authorizeWay.by === 'keys' || authorizeWay.by === 'form';
  useEffect(() => {
    if (isAsked && isAskedFirst && permission.allowed) ask('usual');
  }, [isAsked]);
  if (flow !== null)
    return (
      <div class="authorizing">
        {flow.device === null ? <p>{FLOW_WORDS[flow.state]}</p> : <DeviceCode device={flow.device} displayName={displayName} />}
        {blockedUrl === null ? null : (
          <FaultNote fault={{ code: 'oauth.popup-blocked', detail: null }}>
            <p>
              <a href={blockedUrl} target="_blank" rel="noopener">
                Open the sign-in page
              </a>
            </p>
          </FaultNote>
        )}
        <div class="actions">
          {flow.state === 'parked' ? (
            <Button kind="primary" onPress={() => askToUnlock(null)} label={`Unlock the vault for ${place}`}>
              Unlock
            </Button>
          ) : null}
          <Button
            onPress={() => begin()}
            label={flow.device === null ? `Open the window again for ${place}` : `Ask for a new code for ${place}`}
          >
            {flow.device === null ? 'Open the window again' : 'New code'}
          </Button>
          <Button
            onPress={() => acting.run(async () => void (await core.cancelAuthorization({ flowId: flow.id })))}
            label={`Cancel authorizing ${place}`}
          >
            Cancel
          </Button>
        </div>
        <FaultNote fault={acting.fault} />
      </div>
    );
  const word = hasGrant ? 'Reconnect' : 'Authorize';
  if (authorizeWay.by === 'extension')
    return (
      <p class="note warn">
        ◔ This service refuses sign-in from web pages, or nobody has looked up that it allows it. <strong>Continue in the extension</strong>
        : there {displayName} can be authorized.
      </p>
    );
  const dialog = {
    connectionId,
    connectorId: authorizeWay.connectorId,
    displayName,
    environment,
    isOpen: asks !== null,
    onClose: () => setAsks(null),
  };
  return (
    <>
      <Button
        kind={kind}
        onPress={isAskedFirst ? () => ask('usual') : () => begin()}
        isBusy={acting.isBusy}
        permission={permission}
        label={`${word} ${place}`}
      >
        {word}
      </Button>
      {dialogs === null ? null : 'Keys' in dialogs ? (
        <dialogs.Keys {...dialog} />
      ) : (
        <dialogs.Form {...dialog} way={authorizeWay} isSwitch={asks === 'switch'} onBlocked={setBlockedUrl} />
      )}
      {hasGrant && authorizeWay.begins === 'page' && change !== undefined ? (
        <Button
          onPress={authorizeWay.isAskedOnSwitch || authorizeWay.by === 'form' ? () => ask('switch') : () => begin({ is: 'switch' })}
          isBusy={acting.isBusy}
          permission={change}
          label={`Switch account of ${place}`}
        >
          Switch account
        </Button>
      ) : null}
      {reusable.map(({ authorizationId, account, connectionName, hosts }) => (
        <Button
          key={authorizationId}
          onPress={() => begin({ is: 'reuse', authorizationId, hosts })}
          isBusy={acting.isBusy}
          label={`Use ${account} of ${connectionName} for ${place}`}
        >
          Use {account} of {connectionName}
        </Button>
      ))}
      <FaultNote fault={acting.fault} />
    </>
  );
};

export const AuthorizeRow = ({ row }: { readonly row: AttentionRow }) => (
  <Authorize
    connectionId={row.connectionId}
    displayName={row.displayName}
    environment={row.environment}
    status={row.status}
    permission={row.authorize}
    hasGrant={row.needs === 'reconnect'}
  />
);
