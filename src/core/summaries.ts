import { fingerprintOf } from '../bundle/author-key.ts';
import { digitsOf, wordsOf } from '../bundle/fingerprint.ts';
import { connectorById, connectorToShow, hasConnector } from '../connectors/catalogue.ts';
import type { ComponentDefinition } from '../domain/component.ts';
import type { ConnectionDefinition } from '../domain/connection.ts';
import { CONNECTION_TYPES, isBeyondModel } from '../domain/connection-type.ts';
import { type Connector, fillVariables, hostTemplates, isSandbox } from '../domain/connector.ts';
import type { Flow } from '../domain/flow.ts';
import { identityWords, sensitivityOf } from '../domain/scope-words.ts';
import { targetIn } from '../runtime/describe.ts';
import { kindByName } from '../runtime/index.ts';
import type { ConnectionSummary, DeviceView, KeyWords, ScopeWords } from './views.ts';

/** A key's fingerprint in every form that people compare (S46). */
export const keyWords = (keyId: string): KeyWords => ({ hex: fingerprintOf(keyId), words: wordsOf(keyId), digits: digitsOf(keyId) });

/** What of a record is the same in each summary of it: a bundle may have thousands of connections to few services. */
type Told = { readonly scopes: ReadonlyMap<string, ScopeWords>; readonly identity: ConnectionSummary['identity'] };

const told = new WeakMap<Connector, Told>();

const tell = (connector: Connector): Told => {
  const known = told.get(connector);
  if (known !== undefined) return known;
  const scopes = connector.scopes.map((scope): [string, ScopeWords] => {
    const { name, sentence, access } = scope;
    return [name, { name, sentence, writes: access !== 'read', sensitivity: sensitivityOf(scope) }];
  });
  const all = { scopes: new Map(scopes), identity: identityWords(connector) };
  told.set(connector, all);
  return all;
};

/** Scopes in words: what is sensitive first, then those that write, then those that only read (UX 5). */
export const scopesInWords = (connectorId: string, scopes: readonly string[]): ScopeWords[] => {
  const known = hasConnector(connectorId) ? tell(connectorById(connectorId)).scopes : null;
  const all = scopes.map((name): ScopeWords => known?.get(name) ?? { name, sentence: name, writes: true, sensitivity: null });
  const rank = ({ sensitivity, writes }: ScopeWords): number => (sensitivity !== null ? 0 : writes ? 1 : 2);
  return all.sort((a, b) => rank(a) - rank(b));
};

/** The hosts that receive this connector's codes, tokens and requests, for people to read. */
export const hostsOf = (connector: Connector, sandboxOrigin: string): string[] => {
  const variables = isSandbox(connector) ? { sandboxOrigin } : {};
  const hosts = hostTemplates(connector).map((template) => {
    const url = fillVariables(template, variables);
    // What stands for a part of the account keeps its name, which a parsed host would spell small.
    const [, host] = /^https?:\/\/([^/?#]+)/.exec(url) ?? [];
    return host ?? url;
  });
  return [...new Set(hosts)];
};

/** A connection of a bundle or publication as its card reads. */
export const summarizeConnection = (
  definition: ConnectionDefinition,
  components: readonly ComponentDefinition[],
  sandboxOrigin: string,
): ConnectionSummary => {
  const connector = connectorToShow(definition.connectorId);
  return {
    linkName: definition.linkName,
    displayName: definition.displayName,
    connectorName: connector.name,
    isSandbox: isSandbox(connector),
    type: definition.type,
    isBeyondModel: isBeyondModel(definition.type, connector),
    scopes: scopesInWords(definition.connectorId, definition.scopes),
    identity: tell(connector).identity,
    hosts: hostsOf(connector, sandboxOrigin),
    usedBy: components
      .filter(({ kind, config }) =>
        kindByName(kind)
          .uses(config)
          .references.some(({ linkName }) => linkName === definition.linkName),
      )
      .map(({ name }) => name),
    authorizedBy: CONNECTION_TYPES[definition.type].authorizedBy,
  };
};

/** What a component does, in a sentence, as far as its connection is known. */
export const summarizeComponent = (
  component: ComponentDefinition,
  connections: readonly Pick<ConnectionDefinition, 'linkName' | 'connectorId'>[],
): string => {
  const kind = kindByName(component.kind);
  const target = targetIn(kind, component.config);
  if (target === null) return kind.summary(component.config, '');
  const { operationId } = target;
  const connectorId = 'service' in target ? target.service : connections.find((one) => one.linkName === target.linkName)?.connectorId;
  const connector = connectorId !== undefined && hasConnector(connectorId) ? connectorById(connectorId) : null;
  const label = connector?.operations.find(({ id }) => id === operationId)?.label ?? operationId;
  return kind.summary(component.config, connector === null ? label : `${label} in ${connector.name}`);
};

/** What a person enters on another device for this flow; null where they do not. */
export const deviceOf = ({ device, expiresAt }: Flow): DeviceView | null =>
  device === undefined ? null : { ...device, endsAt: expiresAt };
