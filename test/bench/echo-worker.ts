/** The bare round trip: what comes in goes out. */
self.addEventListener('connect', (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  port.onmessage = ({ data }) => port.postMessage(data);
});
