import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import { CONNECTION_TYPES } from '../domain/connection-type.ts';
import { isSandbox } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { ServiceRequest } from '../domain/request.ts';
import { isUsable, slotFor } from '../domain/resolve.ts';
import type { ServiceNeed } from '../runtime/kind.ts';
import type { Call } from './command.ts';
import { requireUnlocked } from './locking.ts';
import { findAuthorization } from './owners.ts';
import { pauseOf } from './pausing.ts';
import { requireNotRevoked } from './revoked.ts';
import { type ServiceAnswer, send } from './send.ts';
import { type Service, serviceFor } from './services.ts';
import { needSystemConnection } from './system-connections.ts';

/** What a request goes through: a connection of the application by its link name, or a service's system connection. */
export type Way = { readonly linkName: string } | ServiceNeed;

/** What a run tells of its request and answer, filled in while it goes on. */
export type Trace = {
  request: { readonly method: string; readonly url: string; readonly body: string | null } | null;
  response: { readonly status: number; readonly body: string } | null;
  /** Did the request leave: from here on it may have been done. */
  isSent: boolean;
  status: number | null;
  retryAfter: string | null;
};

export const emptyTrace = (): Trace => ({ request: null, response: null, isSent: false, status: null, retryAfter: null });

const SHOWN_BODY = 4_000;

/** The connection for a run, which makes the system connection where a task first needs it (R97); link names resolve within their application (R96). */
const needConnection = async (call: Call, { ownerId }: Component, way: Way): Promise<Connection> => {
  if ('service' in way) return needSystemConnection(call, way);
  const connection = await call.db.connections.where('[ownerId+linkName]').equals([ownerId, way.linkName.toLowerCase()]).first();
  if (connection === undefined) throw new Fault('run.connection-missing', way.linkName);
  return connection;
};

/**
 * One request of a component through a connection's authorization, for the acting member or for a visitor. `make` says what to ask once it is
 * known whom. Throws `run.*`, `oauth.*`, `access.refused`, `vault.locked`; an error status is an answer.
 */
export const callService = async (
  call: Call,
  component: Component,
  way: Way,
  isVisitor: boolean,
  make: (service: Service) => ServiceRequest,
  trace: Trace,
): Promise<{ readonly answer: ServiceAnswer; readonly service: Service }> => {
  await requireNotRevoked(call, component);
  const connection = await needConnection(call, component, way);
  if (isVisitor && CONNECTION_TYPES[connection.type].holder === 'member') throw new Fault('run.nobody-logged-in', connection.displayName);
  const slot = slotFor(connection, component.environment, call.acting());
  call.require('component.run', { type: connection.type, holder: slot.holder });
  const authorization = await findAuthorization(call, slot);
  const pause = await pauseOf(call, connection, authorization);
  if (pause !== null) throw new Fault(pause.code, pause.detail);
  if (!isUsable(authorization)) throw new Fault('run.not-connected', connection.displayName);
  await requireUnlocked(call);
  const service = serviceFor(connection, authorization.variables);
  const request = make(service);
  // Known before anything leaves, so that nobody has to wonder whether it arrived; the sandbox is on this device.
  if (!call.isOnline() && !isSandbox(service.connector)) throw new Fault('oauth.offline');
  trace.request = { method: request.method, url: request.url, body: request.body };
  const answer = await send(call, connection, service, authorization, request, () => {
    trace.isSent = true;
  });
  trace.response = { status: answer.status, body: answer.body.slice(0, SHOWN_BODY) };
  trace.status = answer.status;
  trace.retryAfter = answer.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? null;
  return { answer, service };
};
