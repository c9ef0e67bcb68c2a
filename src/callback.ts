// The answer's address leaves the address bar and the history before anything else happens (S34).
const callbackUrl = location.href;
history.replaceState(null, '', location.pathname);

import './ui/styles/callback.css';
import { Fault, faultRemedy, faultText } from './domain/faults.ts';
import { core } from './ui/core.ts';

const CLOSE_AFTER_MS = 2_000;

const say = (title: string, text: string): void => {
  for (const [id, words] of [
    ['title', title],
    ['says', text],
  ] as const) {
    const element = document.getElementById(id);
    if (element !== null) element.textContent = words;
  }
};

document.getElementById('close')?.addEventListener('click', () => window.close());

const hand = async (): Promise<void> => {
  if (window.top !== window) return say('Not here', 'This page works only in a window of its own.');
  try {
    await core.completeAuthorization({ callbackUrl });
    say('You can close this window', 'Latchkey has the answer. The result stands in Latchkey’s own window.');
    setTimeout(() => window.close(), CLOSE_AFTER_MS);
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('core.internal');
    // Nothing of the address is reflected: an answer that nobody waits for gets a neutral page.
    say('This answer was not used', `${faultText(fault)} ${faultRemedy(fault)}`);
  }
};

void hand();
