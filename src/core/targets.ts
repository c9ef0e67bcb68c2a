import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import type { Component } from '../domain/component.ts';
import type { Operation } from '../domain/connector.ts';
import type { Target } from '../runtime/kind.ts';
import type { Call } from './command.ts';

/** The operation that a target means, as far as its connection exists. Reads only. */
export const operationFor = async (call: Call, { ownerId }: Component, target: Target): Promise<Operation | undefined> => {
  const connectorId =
    'service' in target
      ? target.service
      : (await call.db.connections.where('[ownerId+linkName]').equals([ownerId, target.linkName.toLowerCase()]).first())?.connectorId;
  if (connectorId === undefined || !hasConnector(connectorId)) return undefined;
  return connectorById(connectorId).operations.find(({ id }) => id === target.operationId);
};
