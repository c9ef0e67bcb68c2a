import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { AttentionRow, Permission, StatusView } from '../../core/views.ts';
import type { Environment } from '../../domain/environment.ts';
import { ENVIRONMENT_LABELS } from '../../domain/environment.ts';
import { Fault } from '../../domain/faults.ts';
import type { FlowState } from '../../domain/flow.ts';
import type { AuthorizationId, ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { askToUnlock } from '../unlock.ts';
import { Button, FaultNote } from './basics.tsx';
import type { KeysDialog } from './keys-dialog.tsx';

export type Reusable = { readonly authorizationId: AuthorizationId; readonly account: string; readonly connectionName: string };

/** How the service's page begins. */
type Way = { readonly is: 'usual' } | { readonly is: 'switch' } | { readonly is: 'reuse'; readonly authorizationId: AuthorizationId };

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
};

/** Authorize or Reconnect; while the service's window is open, what to do there. The result arrives by the watched query. */
const FLOW_WORDS: Record<FlowState, string> = {
  waiting: 'Waiting for you in the service’s window.',
  parked: 'Almost done: unlock the vault to store it.',
  exchanging: 'Fetching the authorization…',
  done: 'Done.',
  failed: 'It did not work.',
};

/** An extension asks within the click for what it must reach; throws `oauth.host-refused` where that was not allowed. */
const allowHosts = async ({ hosts }: StatusView['way']): Promise<void> => {
  if (!(await platform.requestHosts(hosts))) throw new Fault('oauth.host-refused', hosts.join(', '));
};

export const Authorize = (props: Props) => {
  const { connectionId, displayName, environment, status, permission, hasGrant, kind = 'primary', change, reusable = [] } = props;
  const acting = useAct();
  const [blockedUrl, setBlockedUrl] = useState<string | null>(null);
  const [keys, setKeys] = useState<{ readonly Dialog: typeof KeysDialog } | null>(null);
  const [isTyping, setTyping] = useState(false);
  const place = `${displayName} in ${ENVIRONMENT_LABELS[environment].name}`;
  const { flow, way: authorizeWay } = status;
  const begin = (way: Way = { is: 'usual' }): void => {
    // Before anything is awaited: a browser opens windows only inside the click.
    const provider = platform.openProvider();
    setBlockedUrl(null);
    acting.run(
      async () => {
        try {
          await allowHosts(authorizeWay);
          const { url } =
            way.is === 'switch'
              ? await core.switchAuthorization({ connectionId, environment })
              : await core.beginAuthorization({ connectionId, environment, reuse: way.is === 'reuse' ? way.authorizationId : null });
          if (url === null) return;
          if (provider.isBlocked) setBlockedUrl(url);
          else provider.show(url);
        } catch (error) {
          provider.close();
          throw error;
        }
      },
      () => begin(way),
    );
  };
  /** Loaded when it is needed: most connections are authorized at the service's page, and a popup should be small. */
  const type = (): void => {
    acting.run(async () => {
      await allowHosts(authorizeWay);
      setKeys(keys ?? { Dialog: (await import('./keys-dialog.tsx')).KeysDialog });
      setTyping(true);
    });
  };
  if (flow !== null)
    return (
      <div class="authorizing">
        <p>{FLOW_WORDS[flow.state]}</p>
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
          <Button onPress={() => begin()} label={`Open the window again for ${place}`}>
            Open the window again
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
  return (
    <>
      <Button
        kind={kind}
        onPress={authorizeWay.by === 'keys' ? type : () => begin()}
        isBusy={acting.isBusy}
        permission={permission}
        label={`${word} ${place}`}
      >
        {word}
      </Button>
      {keys === null || authorizeWay.by !== 'keys' ? null : (
        <keys.Dialog
          connectionId={connectionId}
          connectorId={authorizeWay.connectorId}
          displayName={displayName}
          environment={environment}
          isOpen={isTyping}
          onClose={() => setTyping(false)}
        />
      )}
      {hasGrant && authorizeWay.by === 'page' && change !== undefined ? (
        <Button onPress={() => begin({ is: 'switch' })} isBusy={acting.isBusy} permission={change} label={`Switch account of ${place}`}>
          Switch account
        </Button>
      ) : null}
      {reusable.map(({ authorizationId, account, connectionName }) => (
        <Button
          key={authorizationId}
          onPress={() => begin({ is: 'reuse', authorizationId })}
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
