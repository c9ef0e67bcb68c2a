/**
 * The extension's offscreen document: frames the sandboxed page and carries messages between it and the background, which has no frames.
 * It goes with the background's port; the next need makes another.
 */
const frame = document.createElement('iframe');
frame.src = 'script-sandbox.html';

frame.addEventListener('load', () => {
  const { port1, port2 } = new MessageChannel();
  const background = chrome.runtime.connect({ name: 'scripts' });
  port1.addEventListener('message', (event) => background.postMessage(event.data));
  background.onMessage.addListener((message) => port1.postMessage(message));
  background.onDisconnect.addListener(() => window.close());
  port1.start();
  // A sandboxed page has an origin of its own that no address names; only the frame made above hears this.
  frame.contentWindow?.postMessage('serve', '*', [port2]);
});

document.body.append(frame);
