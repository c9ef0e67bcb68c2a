import type { MissingAuthorization } from '../../core/views.ts';
import { Authorize } from './authorize.tsx';
import { Name } from './basics.tsx';

/** What is missing and who can give it (R114): the button for you, the name of the role for others. */
export const Missing = ({ missing }: { readonly missing: readonly MissingAuthorization[] }) => (
  <>
    {missing.map((one) => (
      <div key={one.connectionId} class="missing">
        <p>
          ○ <Name>{one.displayName}</Name> is not authorized. {one.mayAuthorize ? 'You can do it now.' : `Ask ${one.who}.`}
        </p>
        {one.mayAuthorize ? (
          <Authorize
            connectionId={one.connectionId}
            displayName={one.displayName}
            environment={one.environment}
            status={{ isConnected: false, reason: one.reason, flow: one.flow, way: one.way }}
            permission={{ allowed: true, says: null }}
            hasGrant={one.reason !== null}
          />
        ) : null}
      </div>
    ))}
  </>
);
