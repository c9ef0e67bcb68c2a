import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fingerprintOf } from '../bundle/author-key.ts';
import { MAX_BYTES } from '../bundle/canonical.ts';
import { diffBundles } from '../bundle/diff.ts';
import { namesKey } from '../bundle/fingerprint.ts';
import type { PayloadInput } from '../bundle/format/v1.ts';
import { signBundle } from '../bundle/sign.ts';
import { draftOf, MAIN_FILE, parseSource } from '../bundle/source.ts';
import { signedPayload, type VerifiedBundle, verifyBundle } from '../bundle/verify.ts';
import { builtInConnector } from '../connectors/catalogue.ts';
import { isBeyondModel } from '../domain/connection-type.ts';
import type { DifferenceLine } from '../domain/difference.ts';
import { Fault, type FaultCode, type FaultData } from '../domain/faults.ts';
import { tellingBy } from '../runtime/describe.ts';
import { type Unrunnable, unrunnableIn } from '../runtime/runnable.ts';
import { type Call, groupOf, type ShownProblem, said, shown } from './command.ts';
import { readText, writeWhole } from './files.ts';
import { EXIT } from './io.ts';
import { fingerprintLines, openKeyOf } from './key.ts';
import { unpackInto } from './unpack.ts';

/** A bundle's file as far as it is read: one byte past the limit is enough to refuse it. */
export const readBundle = async (path: string): Promise<VerifiedBundle> => {
  let text: string;
  try {
    text = await readText(path, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // What is no text, or too large, is a bundle that is refused; only a file that cannot be read is a wrong command.
    if (error.code === 'file.too-large') throw new Fault('bundle.too-large', 'more than 16 MiB');
    throw error.code === 'file.not-text' ? new Fault('bundle.not-json') : error;
  }
  return verifyBundle(text);
};

/**
 * What of a bundle no Latchkey of this version can run. Whether a client lifted the limit of the logged-in user type is theirs to say, so
 * that type is no problem here.
 */
const unrunnable = (payload: Pick<PayloadInput, 'connections' | 'components'>): Unrunnable[] =>
  unrunnableIn(payload, { find: builtInConnector, isLifted: true });

/** A bundle's file that can be installed somewhere, too. Throws the first reason against it. */
export const readRunnable = async (path: string): Promise<VerifiedBundle> => {
  const bundle = await readBundle(path);
  const [wrong] = unrunnable(bundle.payload);
  if (wrong !== undefined) throw new Fault(wrong.code, wrong.detail);
  return bundle;
};

/** These faults name a place in the file first in their detail. */
const PLACED: ReadonlySet<FaultCode> = new Set(['bundle.field-wrong', 'bundle.secret-found']);

const placed = (fault: FaultData): FaultData & { path?: string } => {
  const path = PLACED.has(fault.code) ? /^([\w.]+)(?: \(.*\))?$/.exec(fault.detail ?? '')?.[1] : undefined;
  return path === undefined ? fault : { ...fault, path };
};

type Inspected = {
  readonly ok: boolean;
  readonly format: string | null;
  readonly application: string | null;
  readonly version: string | null;
  readonly connections: readonly { linkName: string; connector: string; type: string; scopes: readonly string[] }[];
  readonly components: readonly { linkName: string; name: string; kind: string }[];
  readonly signer: { readonly fingerprint: string | null };
  readonly problems: readonly ShownProblem[];
};

const NOTHING = { format: null, application: null, version: null, connections: [], components: [], signer: { fingerprint: null } } as const;

/** What a bundle says, and what of it cannot run; of one that is refused nothing but why, because nothing in it can be believed. */
const inspected = async (path: string): Promise<Inspected> => {
  try {
    const { payload, keyId } = await readBundle(path);
    const problems = unrunnable(payload);
    return {
      ok: problems.length === 0,
      format: payload.format,
      application: payload.application.name,
      version: payload.application.version,
      connections: payload.connections.map(({ linkName, connectorId, type, scopes }) => ({
        linkName,
        connector: connectorId,
        type,
        scopes,
      })),
      components: payload.components.map(({ linkName, name, kind }) => ({ linkName, name, kind })),
      signer: { fingerprint: fingerprintOf(keyId) },
      problems: problems.map(shown),
    };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'file.unreadable') throw error;
    return { ok: false, ...NOTHING, problems: [shown(placed(error))] };
  }
};

const inspectedText = ({ application, version, connections, components, signer, problems }: Inspected): string =>
  [
    ...(application === null ? [] : [`${application} ${version}, signed by ${signer.fingerprint}`]),
    ...connections.map(({ linkName, connector, type, scopes }) => `  connection ${linkName}: ${connector}, ${type}, ${scopes.join(' ')}`),
    ...components.map(({ linkName, kind, name }) => `  component ${linkName}: ${kind}, ${name}`),
    ...problems.map(({ code, message }) => `${code}: ${message}`),
  ].join('\n');

const packed = async (call: Call): Promise<number> => {
  const [source = ''] = call.given;
  const found = await stat(source).catch(() => null);
  const main = found?.isDirectory() === true ? join(source, MAIN_FILE) : source;
  const draftSource = parseSource(await readText(main, MAX_BYTES));
  const key = await openKeyOf(call);
  const readPart = (path: string): Promise<string> => readText(join(dirname(main), path), MAX_BYTES);
  const draft = await draftOf(draftSource, key.publicKey, Date.now(), readPart);
  if (!draft.ok) {
    call.io.error(draft.problems.map(said).join(''));
    return EXIT.findings;
  }
  const problems = unrunnable(draft.payload);
  if (problems.length > 0) {
    // Nobody signed it yet, so what is wrong is the source's.
    for (const { code, detail, path } of problems)
      call.io.error(said(code === 'bundle.field-wrong' ? { code: 'source.field-wrong', detail: `${path} (${detail})` } : { code, detail }));
    return EXIT.findings;
  }
  const text = await signBundle(draft.payload, key.privateKey);
  // What is written is what everybody else accepts.
  const { payload, hash, keyId } = await verifyBundle(text);
  await writeWhole(call.text('out') ?? '', text);
  call.io.out(`${payload.application.name} ${payload.application.version}, ${text.length} characters, sha256 ${hash}\n`);
  call.io.out(fingerprintLines(keyId));
  for (const { linkName, connectorId, type } of payload.connections) {
    const connector = builtInConnector(connectorId);
    if (connector !== null && isBeyondModel(type, connector)) call.io.out(said({ code: 'readiness.type-beyond', detail: linkName }));
  }
  return EXIT.fine;
};

const verified = async (call: Call): Promise<number> => {
  const { payload, keyId, hash } = await readBundle(call.given[0] ?? '');
  const expected = call.text('fingerprint');
  if (expected !== undefined && !namesKey(expected, keyId)) throw new Fault('bundle.other-fingerprint', fingerprintOf(keyId));
  call.io.out(`${payload.application.name} ${payload.application.version} is genuine, sha256 ${hash}\n`);
  call.io.out(fingerprintLines(keyId));
  const problems = unrunnable(payload);
  call.io.error(problems.map(said).join(''));
  return problems.length === 0 ? EXIT.fine : EXIT.findings;
};

const TELLING = tellingBy(builtInConnector);

const changeText = ({ change, what, name, says, writes, edits }: DifferenceLine): string =>
  [
    `  ${change} ${what} ${name}`,
    ...says.map((one) => `    ${one}`),
    ...writes.map((one) => `    newly changes data: ${one}`),
    ...edits.flatMap(({ of, lines }) =>
      lines.flatMap(({ line, before, after }) => [
        ...(before === null ? [] : [`    ${of}, line ${line} - ${before}`]),
        ...(after === null ? [] : [`    ${of}, line ${line} + ${after}`]),
      ]),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');

const compared = async (call: Call): Promise<number> => {
  const [older = '', newer = ''] = call.given;
  const { refusal, ...difference } = diffBundles(await readBundle(older), await readBundle(newer), TELLING);
  const ok = refusal === null;
  if (call.has('json')) {
    const problems = refusal === null ? [] : [shown(refusal)];
    call.io.out(`${JSON.stringify({ ok, ...difference, problems }, null, 2)}\n`);
  } else {
    call.io.out(`${difference.application} ${difference.from} to ${difference.to}\n`);
    call.io.out(difference.changes.map(changeText).join(''));
    for (const { linkName, why, scopes } of difference.consent)
      call.io.out(`  must be authorized: ${linkName} (${why}) ${scopes.join(' ')}\n`);
    if (refusal !== null) call.io.error(said(refusal));
  }
  return ok ? EXIT.fine : EXIT.findings;
};

/** `latchkey bundle …` */
export const bundle = groupOf('bundle', 'Bundles: signed files of an application’s connections and components.', {
  pack: {
    help: `latchkey bundle pack SOURCE.json|DIR --key FILE --out FILE [--passphrase-file FILE]

  Checks a source (or a folder that bundle unpack made), looks for secrets in it and for what no Latchkey of this version can run
  (connectors, scopes, kinds and connections that are not there), signs it and writes the bundle.
  Says every place that is wrong, and writes nothing then. A source without publishedAt gets the time of packing.
`,
    given: 1,
    options: { key: 'text', out: 'text', 'passphrase-file': 'text' },
    required: ['key', 'out'],
    run: packed,
  },
  inspect: {
    help: `latchkey bundle inspect FILE [--json]

  What a bundle holds, once it is verified, and what of it cannot run in this version. With --json { ok, format, application, version,
  connections: [{ linkName, connector, type, scopes }], components: [{ linkName, name, kind }],
  signer: { fingerprint }, problems: [{ code, message, path? }] }.
`,
    given: 1,
    options: { json: 'flag' },
    required: [],
    run: async (call) => {
      const result = await inspected(call.given[0] ?? '');
      call.io.out(`${call.has('json') ? JSON.stringify(result, null, 2) : inspectedText(result)}\n`);
      return result.ok ? EXIT.fine : EXIT.findings;
    },
  },
  verify: {
    help: `latchkey bundle verify FILE [--fingerprint F]

  Is the bundle as its author signed it, and by this key, and can this version run it: F is the key's fingerprint in words, in digits,
  as shown in the app, or its key id.
`,
    given: 1,
    options: { fingerprint: 'text' },
    required: [],
    run: verified,
  },
  diff: {
    help: `latchkey bundle diff OLD NEW [--json]

  What the second changes against the first, and who has to authorize again. With --json { ok, application, from, to,
  changes: [{ change, what, linkName, name, says, writes, edits, grows }], consent: [{ linkName, why, scopes }],
  problems: [{ code, message }] }. says are sentences, writes is what a component may change at services and could not before, edits are
  the changed lines of its script [{ of, lines: [{ line, before, after }] }], and grows means that it does more than before. why is new,
  more-scopes, other-connector or other-type.
`,
    given: 2,
    options: { json: 'flag' },
    required: [],
    run: compared,
  },
  unpack: {
    help: `latchkey bundle unpack FILE --out DIR

  Writes a verified bundle as a folder of readable JSON for Git: bundle.json, and one file for each form, connection and component.
  Packing the folder with the same key gives the same bytes. An earlier unpacking in the folder is brought up to date.
`,
    given: 1,
    options: { out: 'text' },
    required: ['out'],
    run: async (call) => {
      const verifiedBundle = await readBundle(call.given[0] ?? '');
      const out = call.text('out') ?? '';
      const files = await unpackInto(out, signedPayload(verifiedBundle));
      call.io.out(`${out}: ${files.length} files\n`);
      return EXIT.fine;
    },
  },
});
