import type { Component } from '../domain/component.ts';
import type { Operation } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { requestFor } from '../domain/request.ts';
import type { Target } from '../runtime/kind.ts';
import { callService, type Trace, type Way } from './calling.ts';
import type { Call } from './command.ts';
import { failureIn } from './probe.ts';
import type { ServiceAnswer } from './send.ts';
import type { Service } from './services.ts';

const wayOf = (target: Target): Way =>
  'service' in target ? { service: target.service, operationId: target.operationId, scopes: null } : { linkName: target.linkName };

/** The operation of this name in the service's record. Throws `component.config-wrong`. */
export const operationOf = ({ connector }: Pick<Service, 'connector'>, id: string): Operation => {
  const operation = connector.operations.find((one) => one.id === id);
  if (operation === undefined) throw new Fault('component.config-wrong', id);
  return operation;
};

const requireGood = ({ failure }: Operation, { status, json }: ServiceAnswer): void => {
  if (status === 429) throw new Fault('run.busy', 'status 429');
  if (status >= 400) throw new Fault('run.refused', `status ${status}`);
  const failed = failureIn(failure, json);
  if (failed !== null) throw new Fault('run.refused', failed);
};

/** Runs one operation of a service's record. Throws `run.refused`, `run.busy`, and whatever `callService` throws. */
export const runOperation = async (
  call: Call,
  component: Component,
  { target, values, key, isVisitor }: { target: Target; values: Readonly<Record<string, string>>; key: string | null; isVisitor: boolean },
  trace: Trace,
): Promise<{ readonly operation: Operation; readonly answer: ServiceAnswer }> => {
  const { answer, service } = await callService(
    call,
    component,
    wayOf(target),
    isVisitor,
    (found) => requestFor(operationOf(found, target.operationId), found.apiBase, values, key, found.variables),
    trace,
  );
  const operation = operationOf(service, target.operationId);
  requireGood(operation, answer);
  return { operation, answer };
};
