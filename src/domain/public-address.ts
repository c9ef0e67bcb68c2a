/** Names of this device and of local networks (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL = /(^|\.)(localhost|local|internal|home\.arpa|lan|test|invalid|onion)$/;

/** Suffixes below which every name has another owner. */
const SHARED =
  /(^|\.)((co|com|org|net|gov|edu|ac|or|ne|go|gob|mil|web|sch)\.[a-z]{2}|github\.io|gitlab\.io|herokuapp\.com|azurewebsites\.net|vercel\.app|netlify\.app|web\.app|firebaseapp\.com|pages\.dev|workers\.dev|onrender\.com|fly\.dev|cloudfront\.net|appspot\.com|run\.app|ngrok\.io|ngrok\.app|ngrok-free\.app|trycloudflare\.com|s3\.amazonaws\.com|blogspot\.com|myshopify\.com|up\.railway\.app)$/;

/**
 * Why an address that somebody typed cannot be used, or null (S25): https on 443 or 1024 and above, at a public host name. The parser turns
 * every spelling of an IP address into one of two, so it is looked at after parsing.
 */
export const addressProblem = (address: string): string | null => {
  if (!URL.canParse(address)) return 'it is no address';
  const { protocol, hostname, port, username, password, hash } = new URL(address);
  if (protocol !== 'https:') return 'it does not begin with https';
  if (username !== '' || password !== '') return 'it holds a user name or password';
  if (hash !== '') return 'it holds a fragment';
  if (port !== '' && Number(port) < 1_024) return `port ${port} is not allowed`;
  if (hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname)) return 'it names an IP address';
  if (hostname.endsWith('.')) return 'its host ends in a point';
  if (!hostname.includes('.')) return 'its host has one part only';
  return LOCAL.test(hostname) ? 'it names this device or a local network' : null;
};

/** The domain that somebody registered: what stands below a suffix that many share, as far as the table above knows those. */
export const registrableDomain = (address: string): string => {
  const labels = new URL(address).hostname.split('.');
  for (let at = 1; at < labels.length; at += 1) {
    const rest = labels.slice(at).join('.');
    if (SHARED.exec(rest)?.[2] === rest) return labels.slice(at - 1).join('.');
  }
  return labels.slice(-2).join('.');
};
