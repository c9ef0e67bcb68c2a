import { useState } from 'preact/hooks';
import type { ConnectorReview } from '../../core/views.ts';
import type { JsonObject } from '../../domain/json.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, Field, TextField } from './basics.tsx';
import { type ConnectorDraft, draftFrom, draftText, finished, objectAt, rowsAt, textAt, withAt } from './connector-draft.ts';
import { ConnectorAuthFields } from './custom-connector-auth.tsx';
import { ROWS } from './custom-connector-fields.ts';
import { CustomConnectorReview } from './custom-connector-review.tsx';
import { ConnectorRows } from './custom-connector-rows.tsx';
import { Form } from './form.tsx';

type FieldsProps = { readonly draft: ConnectorDraft; readonly onChange: (draft: ConnectorDraft) => void };

const Fields = ({ draft, onChange }: FieldsProps) => {
  const { name, record } = draft;
  const change = (next: JsonObject): void => onChange({ name, record: next });
  const auth = objectAt(record, 'auth');
  const hasScopes = textAt(auth, 'method').startsWith('oauth2-') || rowsAt(record, 'scopes').length > 0;
  return (
    <>
      <TextField label="Name of the service" value={name} onChange={(value) => onChange({ name: value, record })} required />
      <TextField
        label="What it is for"
        value={textAt(record, 'description')}
        onChange={(value) => change(withAt(record, 'description', value))}
        required
      />
      <TextField
        label="Base address of its API"
        value={textAt(record, 'apiBase')}
        onChange={(value) => change(withAt(record, 'apiBase', value))}
        hint="Like https://api.service.com/v1/. Credentials go here and nowhere else."
        required
      />
      <ConnectorAuthFields auth={auth} onChange={(next) => change(withAt(record, 'auth', next))} />
      {hasScopes ? <ConnectorRows table={ROWS.scopes} record={record} onChange={change} /> : null}
      <ConnectorRows table={ROWS.variables} record={record} onChange={change} />
      <ConnectorRows table={ROWS.operations} record={record} onChange={change} />
      <TextField
        label="Test request (optional)"
        value={textAt(record, 'test.path')}
        onChange={(path) => change(withAt(record, 'test', path === '' ? undefined : { method: 'GET', ...objectAt(record, 'test'), path }))}
        hint="A path below the base that only reads, like me or v1/account."
      />
    </>
  );
};

type Written = { readonly text: string; readonly error: string | null };

const JsonField = ({ written, onChange }: { readonly written: Written; readonly onChange: (text: string) => void }) => (
  <Field
    label="Record as JSON"
    hint="In the form of a built-in record, without id, facts, standsFor and isRetired: Latchkey says these itself."
    error={written.error}
  >
    {({ id, describedBy }) => (
      <textarea
        id={id}
        class="script"
        rows={24}
        value={written.text}
        spellcheck={false}
        translate={false}
        dir="ltr"
        aria-describedby={describedBy}
        aria-invalid={written.error === null ? undefined : true}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    )}
  </Field>
);

type Props = {
  /** The one that is changed; null makes a new one. */
  readonly connectorId: string | null;
  readonly start: ConnectorDraft;
  /** Where a new one begins from another's record, that one's name. */
  readonly from: string | null;
  readonly onDone: () => void;
};

/** A record in the form of a built-in one, as fields or as JSON; what it may say is checked where it is stored. */
export const CustomConnectorForm = ({ connectorId, start, from, onDone }: Props) => {
  const acting = useAct();
  const storing = useAct();
  const [draft, setDraft] = useState(start);
  /** What is written by hand; null while the fields show. */
  const [written, setWritten] = useState<Written | null>(null);
  const [reviewed, setReviewed] = useState<{ readonly draft: ConnectorDraft; readonly review: ConnectorReview } | null>(null);
  const isNew = connectorId === null;

  /** The draft as it is now, or null where the JSON cannot be read; then that is said beside it, and stays. */
  const current = (): ConnectorDraft | null => {
    if (written === null) return draft;
    const read = draftFrom(written.text);
    if (typeof read !== 'string') return read;
    setWritten({ ...written, error: read });
    return null;
  };
  const showFields = (): void => {
    const read = current();
    if (read === null) return;
    setDraft(read);
    setWritten(null);
  };
  const check = (): void =>
    acting.run(async () => {
      const read = current();
      if (read === null) return;
      const whole = { name: read.name, record: finished(read.record) };
      const review = await core.reviewConnector({ connectorId, ...whole });
      storing.clear();
      setReviewed({ draft: whole, review });
    });
  const store = ({ name, record }: ConnectorDraft): void =>
    storing.run(async () => {
      if (connectorId === null) {
        await core.addConnector({ name, record });
        tell(`The custom connector ${name} is stored.`);
      } else {
        const { ended, notTold } = await core.changeConnector({ connectorId, name, record, isAgreed: true });
        const withdrawn = ended === 0 ? '' : ` ${ended === 1 ? 'An authorization was' : `${ended} authorizations were`} ended here.`;
        tell(`The custom connector ${name} is changed.${withdrawn}${notTold === 0 ? '' : ` The service could not be told of ${notTold}.`}`);
      }
      setReviewed(null);
      onDone();
    });
  return (
    <>
      <Form acting={acting} onSubmit={check} submit="Review the connector" kind="primary">
        <h2>{isNew ? 'New custom connector' : `Change ${start.name}`}</h2>
        {from === null ? null : <p class="hint">It begins with the record of {from}. Give it your own addresses.</p>}
        <div>
          {written === null ? (
            <Button onPress={() => setWritten({ text: draftText(draft), error: null })}>Write it as JSON</Button>
          ) : (
            <Button onPress={showFields}>Back to the fields</Button>
          )}
        </div>
        {written === null ? (
          <Fields draft={draft} onChange={setDraft} />
        ) : (
          <JsonField written={written} onChange={(text) => setWritten({ text, error: null })} />
        )}
        <Button onPress={onDone}>Cancel</Button>
      </Form>
      {reviewed === null ? null : (
        <CustomConnectorReview
          name={reviewed.draft.name}
          isNew={isNew}
          review={reviewed.review}
          acting={storing}
          onStore={() => store(reviewed.draft)}
          onClose={() => setReviewed(null)}
        />
      )}
    </>
  );
};
