import Dexie from 'dexie';
import * as v from 'valibot';
import { type Cell, may } from '../domain/access.ts';
import { type AuditEvent, eventText, isAboutAccount } from '../domain/events.ts';
import { Fault } from '../domain/faults.ts';
import type { Call } from './command.ts';
import { environmentInput, idInput } from './inputs.ts';
import type { AuditPage, AuditRow } from './views.ts';

export const auditFilter = v.strictObject({
  actor: v.optional(v.nullable(idInput('mem')), null),
  subject: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(80))), null),
  environment: v.optional(v.nullable(environmentInput), null),
  /** The first part of the event's name: connection, authorization, application, … */
  kind: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/))), null),
});

export const auditPage = v.strictObject({
  /** Lines before this moment, for the next page; null begins at the newest. */
  before: v.optional(v.nullable(v.number()), null),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
});

type Args = v.InferOutput<typeof auditFilter> & v.InferOutput<typeof auditPage>;

/** How far the acting member may read (matrix): everything, what is about applications, or their own lines. */
const reachOf = (call: Call): Cell => {
  const decision = may(call.acting(), 'audit.read');
  if (!decision.allowed) throw new Fault('access.refused', decision.says);
  return decision.reach;
};

const isWanted = (call: Call, reach: Cell, { actor, subject, environment, kind }: Args): ((event: AuditEvent) => boolean) => {
  const { workspace, member } = call.acting();
  const isReadable = (event: AuditEvent): boolean =>
    event.actor === member.id || reach === 'yes' || (reach === 'applications' && !isAboutAccount(event.name));
  return (event) =>
    event.workspaceId === workspace.id &&
    isReadable(event) &&
    (actor === null || event.actor === actor) &&
    (subject === null || event.subject === subject) &&
    (environment === null || event.environment === environment) &&
    (kind === null || event.name.startsWith(`${kind}.`));
};

/** A page of the audit, newest first. Lines of one moment are never torn apart, so that a page by moments skips none. */
export const readAudit = async (call: Call, args: Args): Promise<AuditPage> => {
  const { workspace, member } = call.acting();
  const reach = reachOf(call);
  const isKept = isWanted(call, reach, args);
  const actor = reach === 'own' ? member.id : args.actor;
  // A person's or a thing's own lines have an index of their own, so that a filter does not walk through everybody's.
  const index = args.subject !== null ? '[subject+at]' : actor !== null ? '[actor+at]' : '[workspaceId+at]';
  const key = args.subject ?? actor ?? workspace.id;
  const range = call.db.events.where(index).between([key, Dexie.minKey], [key, args.before ?? Dexie.maxKey], true, false);
  const found = await range
    .reverse()
    .filter(isKept)
    .limit(args.limit + 1)
    .toArray();
  const page = found.slice(0, args.limit);
  const last = page.at(-1);
  if (found.length > args.limit && last !== undefined) {
    const ids = new Set(page.map(({ id }) => id));
    const sameMoment = await call.db.events.where(index).equals([key, last.at]).filter(isKept).toArray();
    page.push(...sameMoment.filter(({ id }) => !ids.has(id)));
  }
  const people = await call.db.members.where('workspaceId').equals(workspace.id).toArray();
  const members = new Map(people.map(({ id, name }) => [id, name]));
  const rows = page.map(
    (event): AuditRow => ({
      id: event.id,
      at: event.at,
      actorName: event.actor === null ? 'Latchkey' : (members.get(event.actor) ?? 'a former member'),
      name: event.name,
      sentence: eventText(event),
      environment: event.environment,
    }),
  );
  return { rows, next: found.length > args.limit ? (last?.at ?? null) : null };
};
