import { useState } from 'preact/hooks';
import type { ApplicationId } from '../../domain/ids.ts';
import { Button } from './basics.tsx';

const keyOf = (applicationId: ApplicationId): string => `latchkey.import.${applicationId}`;

/** Keeps what an import left to a person, until they dismiss it or the window ends. */
export const keepImportReport = (applicationId: ApplicationId, left: readonly string[]): void => {
  try {
    if (left.length > 0) sessionStorage.setItem(keyOf(applicationId), JSON.stringify(left));
  } catch {
    // No room: the components say by themselves which connection is not there.
  }
};

const readImportReport = (applicationId: ApplicationId): string[] => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(applicationId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    // What cannot be read says nothing.
    return [];
  }
};

/** On an imported application's page: what the import could not do. */
export const ImportReportCard = ({ applicationId }: { readonly applicationId: ApplicationId }) => {
  const [left, setLeft] = useState(() => readImportReport(applicationId));
  if (left.length === 0) return null;
  const dismiss = (): void => {
    sessionStorage.removeItem(keyOf(applicationId));
    setLeft([]);
  };
  return (
    <section class="card" aria-labelledby="import-left">
      <h2 id="import-left">What the import left to you</h2>
      <ul class="plain">
        {left.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Button onPress={dismiss}>Dismiss</Button>
    </section>
  );
};
