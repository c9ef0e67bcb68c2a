/** A key for tests on loopback and nothing else: no browser trusts it unless it is told this one's fingerprint at its start. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTk5dGbWLe2UVJ6BT
vMS+eF/vJ2V5qbyWOYdzcTTPZVChRANCAAQDqO7xvhaVxoxd2MVhJ8IdCQbAGrc5
FO3kN3xSS/a5EGCvNmuQZswFNvYMgPeX2i3mtTl1QwLe9pnstgs+rkMs
-----END PRIVATE KEY-----
`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgIUKkoPJSAIxIG14pnN5CHaNTrWWNIwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXTGF0Y2hrZXkgdGVzdCBwcm92aWRlcnMwIBcNMjYxMTI2MTU0
MDAxWhgPMjEyNjExMDIxNTQwMDFaMCIxIDAeBgNVBAMMF0xhdGNoa2V5IHRlc3Qg
cHJvdmlkZXJzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEA6ju8b4WlcaMXdjF
YSfCHQkGwBq3ORTt5Dd8Ukv2uRBgrzZrkGbMBTb2DID3l9ot5rU5dUMC3vaZ7LYL
Pq5DLKNtMGswHQYDVR0OBBYEFLjFtz80bm/SHr3EqScPF3UxpSvBMB8GA1UdIwQY
MBaAFLjFtz80bm/SHr3EqScPF3UxpSvBMA8GA1UdEwEB/wQFMAMBAf8wGAYDVR0R
BBEwD4INcHJvdmlkZXIudGVzdDAKBggqhkjOPQQDAgNJADBGAiEAg3SXw8BEMtnp
6XnJqqFaflvPkUg+RBzMYSK2Rnk73eoCIQDWBr4r4KhSsZndZwoyYFlZWhlyZQa8
niin/V0P3uSxpA==
-----END CERTIFICATE-----
`;

/** Base64 of the SHA-256 of its public key, as Chromium's `--ignore-certificate-errors-spki-list` takes it. */
export const TEST_SPKI = 'LgtCLfRs+Z8ubwn554UgtA2XX0w6bRkStzm57vhzodI=';

/** What a TLS server of the simulators shows. */
export const testCertificate = (): { readonly key: string; readonly cert: string } => ({ key: KEY, cert: CERTIFICATE });
