import type { Application } from './application.ts';
import { isNewerVersion } from './application.ts';
import { includedConnections } from './bundle.ts';
import type { Component } from './component.ts';
import type { Connection } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';
import { isCustomId } from './custom.ts';
import { ENVIRONMENT_LABELS, type Environment } from './environment.ts';
import type { Problem } from './faults.ts';

export type ReadinessInput = {
  readonly application: Application;
  readonly version: string;
  /** Connections of the whole workspace that a component could name, by link name. */
  readonly connections: readonly Connection[];
  readonly components: readonly Component[];
  /** The environments of this side in which a connection passed no test and no run since its definition last changed. */
  readonly untestedIn: (connection: Connection) => readonly Environment[];
  /** Link names that places which name a connection dynamically may use (R54). */
  readonly allowed: readonly string[];
  /** Can somebody start the component who is not logged in (R113). */
  readonly isStartedByVisitors: (component: Component) => boolean;
  /** What its tasks lack of the scopes that they need, as far as a table knows them. */
  readonly lacks: (component: Component) => readonly Lack[];
  /** Scopes that a connection asks for and nothing uses; none where what the application uses is not known as a whole. */
  readonly idleScopes: (connection: Connection) => readonly string[];
  /** Has the model product no such connection: one for each person, to a service that is none of the twelve (R22). */
  readonly isBeyondModel: (connection: Connection) => boolean;
  /** Where a connector's credentials and requests go. */
  readonly hosts: (connectorId: string) => readonly string[];
  /** What in its script is not understood. */
  readonly mistakes: (component: Component) => readonly { readonly message: string; readonly line: number }[];
};

/** A task whose connection was not asked for what the task needs; `scopes` null where no table says what that is. */
export type Lack = { readonly linkName: string; readonly task: string; readonly line: number; readonly scopes: readonly string[] | null };

type Check = (input: ReadinessInput) => Problem[];

const own = ({ application, connections }: ReadinessInput): Connection[] => connections.filter(({ ownerId }) => ownerId === application.id);

/** The checks before publishing, one row each; a blocking problem stops it. */
export const READINESS: readonly { readonly rule: string; readonly label: string; readonly check: Check }[] = [
  {
    rule: 'R91',
    label: 'The version is newer than the last one',
    check: ({ application, version }) =>
      application.latestVersion === null || isNewerVersion(version, application.latestVersion)
        ? []
        : [{ code: 'publish.version-not-newer', detail: version, isBlocking: true, where: null }],
  },
  {
    rule: 'R89',
    label: 'Every connection that a component names exists and belongs to this application',
    check: (input) =>
      input.components.flatMap((component) =>
        component.references.flatMap((linkName): Problem[] => {
          const named = input.connections.find((connection) => connection.linkName === linkName);
          if (named === undefined)
            return [{ code: 'readiness.reference-unknown', detail: linkName, isBlocking: true, where: component.name }];
          return named.ownerId === input.application.id || named.type === 'system'
            ? []
            : [{ code: 'readiness.reference-elsewhere', detail: linkName, isBlocking: true, where: component.name }];
        }),
      ),
  },
  {
    rule: 'R54',
    label: 'Where a connection is known only at run time, its candidates are named',
    check: ({ application, connections, components, allowed }) => {
      const own = new Set(connections.filter(({ ownerId }) => ownerId === application.id).map(({ linkName }) => linkName));
      const wrong = allowed.filter((linkName) => !own.has(linkName));
      const dynamic = components.flatMap(({ name, dynamicReferences }) => dynamicReferences.map((detail) => ({ detail, where: name })));
      return [
        ...wrong.map((detail): Problem => ({ code: 'readiness.reference-elsewhere', detail, isBlocking: true, where: null })),
        ...(allowed.length > 0
          ? []
          : dynamic.map(({ detail, where }): Problem => ({ code: 'readiness.dynamic', detail, isBlocking: true, where }))),
      ];
    },
  },
  {
    rule: 'R113',
    label: 'What visitors can start needs nobody who is logged in',
    check: ({ connections, components, isStartedByVisitors }) =>
      components.filter(isStartedByVisitors).flatMap((component) =>
        connections
          .filter(({ linkName, type }) => type === 'logged-in-user' && component.references.includes(linkName))
          .map(
            ({ linkName }): Problem => ({
              code: 'readiness.nobody-logged-in',
              detail: linkName,
              isBlocking: false,
              where: component.name,
            }),
          ),
      ),
  },
  {
    rule: 'R55',
    label: 'Scripts are understood',
    check: ({ components, mistakes }) =>
      components.flatMap((component) =>
        mistakes(component).map(
          ({ message, line }): Problem => ({
            code: 'readiness.script',
            detail: `line ${line}: ${message}`,
            isBlocking: false,
            where: component.name,
          }),
        ),
      ),
  },
  {
    rule: 'R79',
    label: 'Connections ask for the scopes that tasks need',
    check: ({ components, lacks }) =>
      components.flatMap((component) =>
        lacks(component).map(({ linkName, task, line, scopes }): Problem => {
          const where = component.name;
          return scopes === null
            ? { code: 'readiness.scope-not-checked', detail: `${task} in line ${line}`, isBlocking: false, where }
            : { code: 'readiness.scope-lacking', detail: `${linkName} lacks ${scopes.join(', ')} for ${task}`, isBlocking: false, where };
        }),
      ),
  },
  {
    rule: 'R80',
    label: 'Every connection was tested in each environment since it last changed',
    check: (input) =>
      includedConnections(own(input), input.components, input.allowed).flatMap((connection): Problem[] => {
        const places = input.untestedIn(connection).map((environment) => ENVIRONMENT_LABELS[environment].name.toLowerCase());
        const detail = `${connection.linkName} in ${places.join(' and in ')}`;
        return places.length === 0 ? [] : [{ code: 'readiness.untested', detail, isBlocking: false, where: null }];
      }),
  },
  {
    rule: 'S28',
    label: 'Connections ask for no scope that nothing uses',
    check: (input) =>
      includedConnections(own(input), input.components, input.allowed).flatMap((connection): Problem[] => {
        const idle = input.idleScopes(connection);
        const detail = `${connection.linkName} asks for ${idle.join(', ')}`;
        return idle.length === 0 ? [] : [{ code: 'readiness.scope-unused', detail, isBlocking: false, where: null }];
      }),
  },
  {
    rule: 'R22',
    label: 'Clients can install every type of connection as they are',
    check: (input) =>
      includedConnections(own(input), input.components, input.allowed)
        .filter(input.isBeyondModel)
        .map(({ linkName }) => ({ code: 'readiness.type-beyond', detail: linkName, isBlocking: false, where: null })),
  },
  {
    rule: 'R20',
    label: 'Every connection is made from a built-in connector',
    check: (input) => {
      const said = (name: string, connectorId: string, where: string | null): Problem => ({
        code: 'readiness.custom-connector',
        detail: `${name} (${input.hosts(connectorId).join(', ')})`,
        isBlocking: true,
        where,
      });
      return [
        ...includedConnections(own(input), input.components)
          .filter(({ connectorId }) => isCustomId(connectorId))
          .map(({ displayName, connectorId }) => said(displayName, connectorId, null)),
        ...input.components.flatMap(({ name, services }) => services.filter(isCustomId).map((service) => said(service, service, name))),
      ];
    },
  },
  {
    rule: 'R88',
    label: 'Connections that nothing uses stay here',
    check: (input) => {
      const included = new Set(includedConnections(own(input), input.components));
      return own(input)
        .filter((connection) => CONNECTION_TYPES[connection.type].isInBundle && !included.has(connection))
        .map(({ linkName }) => ({ code: 'readiness.unused', detail: linkName, isBlocking: false, where: null }));
    },
  },
  {
    rule: 'R48',
    label: 'The application holds something to use',
    check: ({ components }) => (components.length > 0 ? [] : [{ code: 'readiness.empty', detail: '', isBlocking: true, where: null }]),
  },
];

/** Every finding of every check, in the table's order. */
export const checkReadiness = (input: ReadinessInput): Problem[] => READINESS.flatMap(({ check }) => check(input));
