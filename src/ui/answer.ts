import { useEffect, useState } from 'preact/hooks';
import { Fault, type FaultData } from '../domain/faults.ts';

/** What was asked of the core once: under way, answered, or failed. */
export type Answer<T> =
  | { readonly state: 'asking' }
  | { readonly state: 'good'; readonly value: T }
  | { readonly state: 'wrong'; readonly fault: FaultData };

/** Asks once, and again when `about` changes; an answer that a newer question has overtaken is dropped. */
export const useAnswer = <T>(ask: () => Promise<T>, about: readonly unknown[]): Answer<T> => {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'asking' });
  useEffect(() => {
    let isCurrent = true;
    const put = (next: Answer<T>): void => {
      if (isCurrent) setAnswer(next);
    };
    put({ state: 'asking' });
    ask().then(
      (value) => put({ state: 'good', value }),
      (error: unknown) => put({ state: 'wrong', fault: (error instanceof Fault ? error : new Fault('core.internal')).toData() }),
    );
    return () => {
      isCurrent = false;
    };
  }, about);
  return answer;
};
