import type { BundleContents } from '../domain/bundle.ts';
import { typesFor } from '../domain/connection-type.ts';
import type { Connector } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { kindByName } from './index.ts';

type Parts = Pick<BundleContents, 'connections' | 'components'>;

/** What this program has; a bundle may need more. */
export type Here = {
  /** The built-in connector of this id, or null. */
  readonly find: (connectorId: string) => Connector | null;
  /** Is the limit of the logged-in user type to twelve services lifted (R22). */
  readonly isLifted: boolean;
};

/** Why a part of a bundle cannot run here, and where in it that stands (`components.0.kind`). */
export type Unrunnable = FaultData & { readonly path: string };

const wrongConnection = (
  { connectorId, type, scopes, linkName }: Parts['connections'][number],
  path: string,
  { find, isLifted }: Here,
): Unrunnable[] => {
  if (isCustomId(connectorId)) return [{ code: 'bundle.custom-connector', detail: connectorId, path: `${path}.connectorId` }];
  const connector = find(connectorId);
  if (connector === null) return [{ code: 'bundle.connector-unknown', detail: connectorId, path: `${path}.connectorId` }];
  const wrong: Unrunnable[] = [];
  if (!typesFor(connector, isLifted).some((one) => one === type))
    wrong.push({ code: 'bundle.type-beyond', detail: `${linkName}, ${connector.name}`, path: `${path}.type` });
  for (const unknown of scopes.filter((scope) => !connector.scopes.some(({ name }) => name === scope)))
    wrong.push({ code: 'bundle.field-wrong', detail: `${linkName}: scope ${unknown}`, path: `${path}.scopes` });
  return wrong;
};

const wrongComponent = (
  { kind: name, config, linkName }: Parts['components'][number],
  path: string,
  { find }: Here,
  connections: ReadonlySet<string>,
): Unrunnable[] => {
  try {
    const kind = kindByName(name);
    const { services, references } = kind.uses(kind.check(config));
    const foreign = services.filter(({ service }) => find(service) === null);
    // What is only likely, or stands in a part that cannot run, need not be there.
    const missing = references.filter((one) => one.certainty === null && !connections.has(one.linkName));
    return [
      ...foreign.map(({ service }): Unrunnable => ({ code: 'bundle.connector-unknown', detail: service, path: `${path}.config` })),
      ...missing.map(
        (one): Unrunnable => ({ code: 'bundle.field-wrong', detail: `${linkName}: connection ${one.linkName}`, path: `${path}.config` }),
      ),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Its author has to mend it, so the fault is the bundle's.
    const field = error.code === 'component.unknown-kind' ? 'kind' : 'config';
    return [{ code: 'bundle.field-wrong', detail: `${linkName}: ${error.detail ?? 'configuration'}`, path: `${path}.${field}` }];
  }
};

/** What the schema cannot know: connectors, types and kinds that exist here. All that is wrong, in the bundle's order. */
export const unrunnableIn = ({ connections, components }: Parts, here: Here): Unrunnable[] => {
  const names = new Set(connections.map(({ linkName }) => linkName));
  return [
    ...connections.flatMap((connection, index) => wrongConnection(connection, `connections.${index}`, here)),
    ...components.flatMap((component, index) => wrongComponent(component, `components.${index}`, here, names)),
  ];
};
