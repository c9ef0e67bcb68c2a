import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import type { RunResult, ScriptLog } from '../db/tables.ts';
import { fromWire, toWire, type WireAnswer } from '../deluge/http.ts';
import type { Answer, Ask, Report } from '../deluge/job.ts';
import { connectorOfService, taskRequest } from '../deluge/task-requests.ts';
import { fromJson, toJson, type Value } from '../deluge/values.ts';
import { fromWireValue, toWireValue } from '../deluge/wire-values.ts';
import type { Component } from '../domain/component.ts';
import { fillVariables } from '../domain/connector.ts';
import { Fault, faultText } from '../domain/faults.ts';
import { readPath } from '../domain/json.ts';
import { type ServiceRequest, urlBelow } from '../domain/request.ts';
import type { Show } from '../runtime/kind.ts';
import { callService, emptyTrace, type Trace, type Way } from './calling.ts';
import { type Call, toFault } from './command.ts';
import type { ServiceAnswer } from './send.ts';
import type { Service } from './services.ts';
import { showValue } from './showing.ts';

type Values = Readonly<Record<string, string>>;

/** The most that a script gets to read of one answer (RULES 3.1: 5 MB). */
const MOST_ANSWER = 5 * 1024 * 1024;

const wireAnswer = ({ status, headers, body }: ServiceAnswer): WireAnswer => ({
  status,
  headers: headers.map(([name, value]): [string, string] => [name, value]),
  text: body.slice(0, MOST_ANSWER),
});

/**
 * Where a Zoho service's paths begin for this connection: its own base, the base of the service that a sandbox stands for, or, for a connection
 * that serves several services, the service's base with the account's variables. The destination is checked again when it is sent.
 */
const baseFor = ({ connector, variables, apiBase }: Service, wanted: string): string => {
  if (connector.id === wanted || connector.standsFor === wanted || !hasConnector(wanted)) return apiBase;
  return fillVariables(connectorById(wanted).apiBase, variables);
};

type Session = {
  readonly call: Call;
  readonly component: Component;
  readonly isVisitor: boolean;
  readonly trace: Trace;
  readonly requests: ScriptLog['requests'][number][];
};

const talk = async (session: Session, way: Way, make: (service: Service) => ServiceRequest): Promise<ServiceAnswer> => {
  const { call, component, isVisitor, trace, requests } = session;
  const { answer } = await callService(call, component, way, isVisitor, make, trace);
  if (trace.request !== null) requests.push({ ...trace.request, status: answer.status });
  return answer;
};

const doRequest = async (session: Session, ask: Extract<Ask, { kind: 'request' }>): Promise<Value> => {
  const { connection, service } = ask;
  if (connection === null || connection === '') throw new Fault('run.connection-unnamed', service ?? hostOf(ask.url));
  const request = {
    ...ask,
    headers: ask.headers.map(([name, value]): [string, string] => [name, value]),
    parameters: fromWireValue(ask.parameters),
    body: fromWireValue(ask.body),
  };
  const answer = await talk(session, { linkName: connection }, (found) => {
    const url =
      service === null ? ask.url : urlBelow(baseFor(found, connectorOfService(service.replace(/^zoho/i, ''))), ask.url.replace(/^\//, ''));
    const wire = toWire({ ...request, url });
    return { method: wire.method, url: wire.url, headers: Object.fromEntries(wire.headers), body: wire.body };
  });
  return fromWire(request, wireAnswer(answer));
};

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url.slice(0, 60));

const doTask = async (session: Session, { name, args }: Extract<Ask, { kind: 'task' }>): Promise<Value> => {
  const request = taskRequest(name, args.map(fromWireValue));
  if (request === null) throw new Fault('run.task-unknown', name);
  const { connector, connection, method, path, query, headers, body, result } = request;
  const way: Way = connection === null ? { service: connector, operationId: null, scopes: null } : { linkName: connection };
  const answer = await talk(session, way, (found) => ({
    method,
    url: urlBelow(baseFor(found, connector), path, query),
    headers: { ...headers, ...(body === null ? {} : { 'content-type': body.type }) },
    body: body?.text ?? null,
  }));
  if (answer.json === undefined) return answer.body;
  // What went wrong is in the answer, as the task's documentation has it: the script looks at it.
  const found = result === null || answer.status >= 400 ? answer.json : (readPath(answer.json, result) ?? answer.json);
  return fromJson(found);
};

/** Answers what a script asks; a refusal reaches the script as an error that it may catch, in a person's words. */
const answerFor =
  (session: Session, keep: (fault: Fault) => void) =>
  async (ask: Ask): Promise<Answer> => {
    try {
      return { ok: true, value: toWireValue(await (ask.kind === 'request' ? doRequest(session, ask) : doTask(session, ask))) };
    } catch (error) {
      const fault = toFault(error);
      keep(fault);
      return { ok: false, message: faultText(fault.toData()) };
    }
  };

const inputOf = (values: Values | null): Value => new Map<string, Value>(Object.entries(values ?? {}));

export type ScriptOutcome = { readonly log: ScriptLog; readonly result: RunResult | null; readonly fault: Fault | null };

const logOf = ({ info, trace, error, dropped }: Report, requests: ScriptLog['requests']): ScriptLog => ({
  info: info.map(({ text, line }) => ({ text, line })),
  trace: trace.map(({ name, value, line }) => ({ name, value, line })),
  requests,
  stoppedAt: error === null ? null : { line: error.line, column: error.column },
  dropped,
});

/** Faults that say more than "the script stopped" when nobody in the script caught them. */
const causeOf = (report: Report, asked: readonly Fault[]): Fault | null => {
  const { error } = report;
  if (error === null) return null;
  const cause = asked.find((fault) => faultText(fault.toData()) === error.message);
  return cause ?? new Fault('run.script-failed', `line ${error.line}: ${error.message}`);
};

/**
 * Runs a component's script where scripts run. Every request goes through a connection's authorization; the script sees answers and nothing of
 * what authenticates them (R58). Throws `run.no-script-host`.
 */
export const runScript = async (
  call: Call,
  component: Component,
  work: { readonly source: string; readonly show: Show | null },
  entry: Values | null,
  isVisitor: boolean,
  trace: Trace = emptyTrace(),
): Promise<ScriptOutcome> => {
  const runner = await call.scripts();
  if (runner === null) throw new Fault('run.no-script-host');
  const requests: ScriptLog['requests'][number][] = [];
  const asked: Fault[] = [];
  const { workspace, member } = call.acting();
  const { environment } = component;
  const person = isVisitor ? '' : member.name;
  const report = await runner.run(
    {
      source: work.source,
      input: toWireValue(inputOf(entry)),
      system: {
        'zoho.loginuser': person,
        'zoho.loginuserid': person,
        'zoho.adminuser': workspace.name,
        'zoho.adminuserid': workspace.name,
        'zoho.appname': component.ownerId,
        'thisapp.environment.type': environment,
        'thisapp.environment.linkname': environment,
      },
      now: call.now(),
    },
    answerFor({ call, component, isVisitor, trace, requests }, (fault) => void asked.push(fault)),
  );
  const fault = causeOf(report, asked);
  if (fault !== null) return { log: logOf(report, requests), result: null, fault };
  const value = toJson(fromWireValue(report.result));
  try {
    const result = work.show === null ? { label: 'Returned', value: report.text, table: null } : showValue(value, report.text, work.show);
    return { log: logOf(report, requests), result, fault: null };
  } catch (error) {
    return { log: logOf(report, requests), result: null, fault: toFault(error) };
  }
};
