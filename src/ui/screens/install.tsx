import { useEffect, useState } from 'preact/hooks';
import type { BundlePreview } from '../../core/views.ts';
import type { FeedId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { useAnswer } from '../answer.ts';
import { core } from '../core.ts';
import { incoming, receive, settings } from '../incoming.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, FileField, Name, ProblemList } from '../parts/basics.tsx';
import { ConnectionSummaryCard, ServiceSummaryCard } from '../parts/connection-summary.tsx';
import { DeploymentSettings, useDeployment } from '../parts/deployment.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { followAt } from '../parts/follow.ts';
import { ImportChoices } from '../parts/import-choices.tsx';
import { choicesOf, type ImportPicks, picksOf } from '../parts/import-picks.ts';
import { keepImportReport } from '../parts/import-report.tsx';
import { DryRunOf } from '../parts/rehearsal.tsx';
import { agreement, Review, upgradeVerb } from '../parts/review.tsx';
import { go } from '../place.ts';

const Open = () => (
  <section class="card drop" aria-labelledby="open">
    <h2 id="open">Open a bundle</h2>
    <p>Drop a .latchkey file anywhere in this window, or choose one.</p>
    <FileField label="Bundle file" accept=".latchkey,.json,application/json" onFile={(file) => void receive(file)} />
  </section>
);

const IMPORT_LEAD = 'On the developer side a bundle is imported to build on: each connection becomes a copy of its own (R33).';

const STANDINGS: Readonly<Record<BundlePreview['author']['standing'], string>> = {
  known: 'whose key you know: it is the same as before',
  'first-seen': 'whose key is seen here for the first time',
  different: 'by their own word; the key is another one than that of what is installed',
  withdrawn: 'by their own word; its publisher withdrew the key',
};

/** System connections of the account that serve it from its first run on, without anybody agreeing again (R108). */
const usedAtOnce = ({ systemConnections }: BundlePreview): readonly string[] =>
  systemConnections.filter(({ standing }) => standing.state === 'connected' || standing.state === 'widened').map(({ name }) => name);

const leadOf = (preview: BundlePreview): string => {
  const { replaces, goesTo, connections, systemConnections } = preview;
  if (goesTo === 'stage') return `Goes to stage first, in place of ${replaces}; production stays as it is until you take it there.`;
  if (replaces !== null) return `Takes the place of ${replaces}. Authorizations stay; only what asks for more has to be authorized again.`;
  const ready = usedAtOnce(preview);
  if (ready.length > 0) {
    const rest = connections.length === 0 ? '' : ' Each connection that it brings is authorized afterwards, with your own accounts.';
    return `Once installed it may use what is connected already: ${ready.join(', ')}.${rest}`;
  }
  // Whoever may not know how system connections stand is promised nothing of them (R10).
  return systemConnections.some(({ standing }) => standing.state === 'unseen')
    ? 'Each connection that it brings is authorized afterwards, with your own accounts.'
    : 'Installing grants nothing yet: each connection is authorized afterwards, with your own accounts.';
};

type Given = { readonly text: string; readonly feedId: FeedId | null };

const Consent = ({ preview, text, feedId }: Given & { readonly preview: BundlePreview }) => {
  const acting = useAct();
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  const [picks, setPicks] = useState<ImportPicks>({});
  const [rewrites, setRewrites] = useState(true);
  const deployment = useDeployment(text);
  const chosen = deployment?.state === 'good' ? deployment.value : null;
  useEffect(() => {
    // Who goes on without settings goes on without what they chose.
    setPicks(chosen === null ? {} : picksOf(chosen.view.imports));
  }, [chosen]);
  const done = (): void => {
    incoming.value = null;
    settings.value = null;
  };
  const { review } = preview;
  const isBlocked = preview.problems.some(({ isBlocking }) => isBlocking);
  const install = (): void =>
    acting.run(async () => {
      const { installationId, environment } = await core.installBundle({
        text,
        hash: preview.hash,
        settings: chosen?.text ?? null,
        feedId,
      });
      done();
      tell(
        environment === 'stage'
          ? `${preview.name} ${preview.version} stands in stage. Try it there, then take it to production.`
          : preview.replaces === null
            ? `${preview.name} ${preview.version} is installed.${usedAtOnce(preview).length === 0 ? ' Nothing is authorized yet.' : ''}`
            : `${preview.name} ${preview.version} takes the place of ${preview.replaces}.`,
      );
      go(`/installed/${installationId}`);
      const feed = chosen?.view.feed ?? null;
      // What is installed stays installed, whatever becomes of its feed.
      if (feed !== null)
        await followAt(feed).catch(() => tell(`The feed at ${feed} cannot be followed now. Try again at Installed, Feeds.`));
    });
  const importCopy = (): void =>
    acting.run(async () => {
      const report = await core.importApplication({ text, hash: preview.hash, choices: choicesOf(picks), rewrites });
      done();
      const served = report.connections.map(({ from, to }) => `${from} → ${to}`).join(', ');
      keepImportReport(report.applicationId, [
        ...(report.leftOut.length === 0 ? [] : [`Left out: ${report.leftOut.join(', ')}.`]),
        ...report.notRewritten.map((one) => `Not rewritten, look at it: ${one}`),
      ]);
      tell(`${report.name} is imported${served === '' ? '' : `, with connections of its own: ${served}`}.`);
      go(`/apps/${report.applicationId}`);
    });
  return (
    <>
      <h2 class="title">
        <Name>{preview.name}</Name> {preview.version}
      </h2>
      <p class="lead">{preview.import.allowed ? IMPORT_LEAD : isBlocked ? 'This bundle cannot be installed here.' : leadOf(preview)}</p>
      <ProblemList problems={preview.problems} />
      {preview.author.standing === 'different' ? (
        <p>
          <a href="#/updates">Follow the publisher’s feed</a>
        </p>
      ) : null}
      {review === null ? null : (
        <section class="stack" aria-labelledby="update">
          <h2 id="update">What this update changes for you</h2>
          <Review review={review} agreed={agreed} onAgree={setAgreed} />
        </section>
      )}
      <section class="card" aria-labelledby="author">
        <h2 id="author">Who made it</h2>
        <p>
          <Name>{preview.author.name}</Name>, {STANDINGS[preview.author.standing]}.
        </p>
        <Fingerprint of={preview.author.key} />
        {preview.author.standing === 'known' ? null : (
          <p class="hint">Compare it with the publisher over another way, if it matters to you. A name proves nothing; the key does.</p>
        )}
      </section>
      <section aria-labelledby="asks">
        <h2 id="asks">What it asks for</h2>
        <div class="cards">
          {preview.connections.map((summary) => (
            <ConnectionSummaryCard key={summary.linkName} summary={summary} />
          ))}
          {preview.systemConnections.map((summary) => (
            <ServiceSummaryCard key={summary.connectorId} summary={summary} />
          ))}
        </div>
      </section>
      <section class="card" aria-labelledby="holds">
        <h2 id="holds">What it does</h2>
        <ul class="plain">
          {preview.components.map((component) => (
            <li key={component.name}>
              <Name>{component.name}</Name>: {component.summary} <span class="hint">{component.kindLabel}</span>
            </li>
          ))}
        </ul>
      </section>
      {preview.import.allowed ? (
        <ImportChoices
          text={text}
          hash={preview.hash}
          lines={preview.importLines}
          picks={picks}
          onPick={setPicks}
          rewrites={rewrites}
          onRewrites={setRewrites}
        />
      ) : null}
      {isBlocked && !preview.import.allowed ? null : <DeploymentSettings deployment={deployment} isImport={preview.import.allowed} />}
      <DryRunOf text={text} />
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={done}>{preview.import.allowed ? 'Do not import' : 'Do not install'}</Button>
        {preview.import.allowed ? (
          <Button kind="primary" onPress={importCopy} isBusy={acting.isBusy}>
            Import {preview.name} as a copy
          </Button>
        ) : null}
        {isBlocked || preview.import.allowed ? null : (
          <Button
            kind="primary"
            onPress={install}
            isBusy={acting.isBusy}
            permission={
              deployment?.state === 'wrong' || deployment?.state === 'asking'
                ? { allowed: false, says: 'Choose settings that fit, or go on without.' }
                : review === null || !preview.install.allowed
                  ? preview.install
                  : agreement(review, agreed)
            }
          >
            {review === null ? `Install ${preview.name} ${preview.version}` : upgradeVerb(review)}
          </Button>
        )}
      </div>
    </>
  );
};

const Check = ({ name, text, feedId }: Given & { readonly name: string }) => {
  const checked = useAnswer(() => core.previewBundle({ text }), [text]);
  if (checked.state === 'asking') return <p class="loading">Checking {name}…</p>;
  if (checked.state === 'good') return <Consent preview={checked.value} text={text} feedId={feedId} />;
  return (
    <>
      <p class="lead">
        <Code>{name}</Code> cannot be installed.
      </p>
      <FaultNote fault={checked.fault} />
      <Open />
    </>
  );
};

export const Install = () => {
  const file = incoming.value;
  if (file !== null) return <Check {...file} />;
  return (
    <>
      <p class="lead">A bundle brings an application with its connections. You read what it asks for before anything is stored.</p>
      <Open />
    </>
  );
};
