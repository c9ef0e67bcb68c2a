import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import type { ComponentDefinition } from '../domain/component.ts';
import type { ConnectionDefinition } from '../domain/connection.ts';
import { CONNECTION_TYPES } from '../domain/connection-type.ts';
import { type Connector, fillVariables, hostTemplates, isSandbox } from '../domain/connector.ts';
import { kindByName } from '../runtime/index.ts';
import type { ConnectionSummary } from './views.ts';

/** The hosts that receive this connector's codes, tokens and requests, for people to read. */
export const hostsOf = (connector: Connector, sandboxOrigin: string): string[] => {
  const variables = isSandbox(connector) ? { sandboxOrigin } : {};
  const hosts = hostTemplates(connector).map((template) => {
    const url = fillVariables(template, variables);
    return URL.canParse(url) ? new URL(url).host : url;
  });
  return [...new Set(hosts)];
};

/** A connection of a bundle or publication as its card reads. */
export const summarizeConnection = (
  definition: ConnectionDefinition,
  components: readonly ComponentDefinition[],
  sandboxOrigin: string,
): ConnectionSummary => {
  const connector = connectorById(definition.connectorId);
  const sentences = new Map(connector.scopes.map(({ name, sentence }) => [name, sentence]));
  return {
    linkName: definition.linkName,
    displayName: definition.displayName,
    connectorName: connector.name,
    isSandbox: isSandbox(connector),
    type: definition.type,
    scopes: definition.scopes.map((name) => ({ name, sentence: sentences.get(name) ?? name })),
    hosts: hostsOf(connector, sandboxOrigin),
    usedBy: components
      .filter(({ kind, config }) => kindByName(kind).references(config).includes(definition.linkName))
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
  const target = kind.target(component.config);
  const { operationId } = target;
  const connectorId = 'service' in target ? target.service : connections.find((one) => one.linkName === target.linkName)?.connectorId;
  const connector = connectorId !== undefined && hasConnector(connectorId) ? connectorById(connectorId) : null;
  const label = connector?.operations.find(({ id }) => id === operationId)?.label ?? operationId;
  return kind.summary(component.config, connector === null ? label : `${label} in ${connector.name}`);
};
