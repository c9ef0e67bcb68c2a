import type { Connector } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { parseConnector } from './schema.ts';

const FILES = import.meta.glob<unknown>('./*.json', { eager: true, import: 'default' });

const CATALOGUE: ReadonlyMap<string, Connector> = new Map(
  Object.values(FILES)
    .map(parseConnector)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map((connector) => [connector.id, connector]),
);

/** Every built-in connector, by name. */
export const allConnectors = (): readonly Connector[] => [...CATALOGUE.values()];

export const hasConnector = (id: string): boolean => CATALOGUE.has(id);

/** The built-in connector of this id. Throws `connection.connector-unknown` (R20). */
export const connectorById = (id: string): Connector => {
  const connector = CATALOGUE.get(id);
  if (connector === undefined) throw new Fault('connection.connector-unknown', id);
  return connector;
};
