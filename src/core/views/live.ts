/** What screens are shown of live mode: entries, runs, panels and what waits to be sent. */

import type { RunResult, ScriptLog } from '../../db/tables.ts';
import type { Field, Form, FormRecord, Page } from '../../domain/application.ts';
import type { Environment } from '../../domain/environment.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { ComponentId, OutboxId, OwnerId, RecordId, RunId } from '../../domain/ids.ts';
import type { OutboxEntry } from '../../domain/outbox.ts';
import type { Shape } from '../../runtime/kind.ts';
import type { ConnectionRow, MissingAuthorization, OwnerView } from './connections.ts';

/** Live mode of one environment, of an application or an installation. */
export type LiveView = {
  readonly owner: OwnerView;
  readonly environment: Environment;
  readonly forms: readonly Form[];
  readonly pages: readonly Page[];
  readonly components: readonly LiveComponent[];
  /** The connections that this member may see, with the acting member's slot (R10, R52). */
  readonly connections: readonly ConnectionRow[];
};

export type LiveComponent = {
  readonly id: ComponentId;
  readonly name: string;
  readonly kind: string;
  readonly kindLabel: string;
  readonly summary: string;
  /** Link name of the page a panel belongs to, of the form an action listens to; null where neither. */
  readonly place: string | null;
  /** What is missing before it can run, for the acting member; empty when it can. */
  readonly missing: readonly MissingAuthorization[];
  /** What a panel shows; null for what is no panel. */
  readonly shape: Shape | null;
  /** Only a person starts it, with a button. */
  readonly isByHand: boolean;
  /** How often it is read anew while it is shown, in milliseconds; null only when it is opened. */
  readonly refresh: number | null;
  readonly lastRun: RunView | null;
};

export type RunView = {
  readonly id: RunId;
  readonly componentId: ComponentId;
  readonly componentName: string;
  readonly at: number;
  readonly isOk: boolean;
  readonly fault: FaultData | null;
  readonly missing: readonly MissingAuthorization[];
  /** What the run says it did or found: "Invoice: INV-0001", "Properties sold: 7". */
  readonly result: RunResult | null;
  /** The request as it was sent, without its authorization. */
  readonly request: { readonly method: string; readonly url: string; readonly body: string | null } | null;
  readonly response: { readonly status: number; readonly body: string } | null;
  readonly kind: string;
  /** Whom it was about, where one component pushes several. */
  readonly label: string;
  readonly lastGood: { readonly at: number; readonly result: RunResult } | null;
  readonly script: ScriptLog | null;
  /** What still waits of it, or null where it is over. */
  readonly outbox: Pick<OutboxEntry, 'id' | 'state' | 'nextAt' | 'tries'> | null;
};

/** What waits to be sent, with why and what can be done about it. */
export type OutboxView = {
  readonly entries: readonly {
    readonly id: OutboxId;
    readonly ownerId: OwnerId;
    readonly ownerName: string;
    readonly componentName: string;
    readonly kindLabel: string;
    readonly environment: Environment;
    readonly label: string;
    readonly state: OutboxEntry['state'];
    readonly tries: number;
    /** When it is tried next; 0 where it does not wait for a time. */
    readonly nextAt: number;
    readonly fault: FaultData | null;
    readonly createdAt: number;
    readonly startedBy: string;
    readonly recordId: RecordId | null;
    /** The form whose entry started it, or null where it has none. */
    readonly href: string | null;
    readonly isOwn: boolean;
  }[];
};

/** A request as it would be made, or why it cannot be. */
export type DryRequest = {
  readonly label: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** What keeps a repetition from doing it twice; null where nothing does. */
  readonly idempotency: string | null;
  readonly fault: FaultData | null;
};

export type DryRun = { readonly requests: readonly DryRequest[]; readonly isScript: boolean };

/**
 * A request that a component made in a rehearsal, without what would authorize it, and the answer that it got: really the sandbox's, made up of
 * what the service's record says is in it, or made up empty because the record says nothing of it.
 */
export type RehearsedRequest = {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
  readonly status: number;
  readonly answer: string;
  readonly from: 'sandbox' | 'record' | 'nothing';
};

/** How a component's run in a rehearsal ended, as its run would end, and what it asked on the way. */
export type RehearsedRun = Pick<RunView, 'label' | 'isOk' | 'fault' | 'result' | 'script'> & {
  readonly requests: readonly RehearsedRequest[];
};

/** What a bundle's components did in a throw-away workspace that is gone again; one that messages several people has a run for each. */
export type Rehearsal = {
  readonly connections: number;
  readonly components: readonly {
    readonly name: string;
    readonly kindLabel: string;
    readonly summary: string;
    /** The script that ran; null for what is no script. */
    readonly source: string | null;
    readonly runs: readonly RehearsedRun[];
  }[];
};

export type RecordView = FormRecord & { readonly runs: readonly RunView[] };

export type RecordsView = {
  readonly form: Form;
  readonly fields: readonly Field[];
  readonly records: readonly RecordView[];
  /** Counted from 0. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
};
